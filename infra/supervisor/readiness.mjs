/** Real questions to a process, by which it shows that it does its work. */
import { connect } from 'node:net';
import { pingRedis } from '../common/redis-ping.mjs';

/** A process that takes longer to answer is not ready (ms). */
const ANSWER_MS = 5_000;

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether it answers 2xx
 */
export async function answersHttp(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  await response.body?.cancel();
  return response.ok;
}

/** @param {string} url */
export async function answersRedis(url) {
  return (await pingRedis(url, ANSWER_MS)) === undefined;
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether somebody listens on the Unix socket
 */
export function acceptsOnSocket(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

/**
 * What a stack says of itself.
 * @typedef {object} StackStatus
 * @property {{name: string, state: string}[]} hosts
 * @property {number} sessions
 * @property {number} pool
 */

/**
 * The manager's public status, or undefined when it does not answer.
 * @param {string} origin
 * @returns {Promise<StackStatus | undefined>}
 */
export async function managerStatus(origin) {
  try {
    const response = await fetch(`${origin}/api/v1/status`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? /** @type {StackStatus} */ (await response.json()) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the manager sees the host `name` connected.
 * @param {string} origin
 * @param {string} name
 */
export async function hostConnected(origin, name) {
  const status = await managerStatus(origin);
  return status?.hosts.some((host) => host.name === name && host.state === 'connected') === true;
}
