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
 * Asks a terminal host by `ping` (apps/node-agent/src/terminals/host-protocol.ts), which its event loop answers.
 * @param {string} path its socket
 * @returns {Promise<boolean>}
 */
export function answersPing(path) {
  const question = Buffer.from(JSON.stringify({ id: 1, call: 'ping', request: {} }));
  // A frame: the length of what follows, that of its JSON, the JSON (packages/service-kit/src/frames.ts).
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(question.byteLength, 0);
  lengths.writeUInt32LE(question.byteLength, 4);
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write(Buffer.concat([lengths, question])));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.once('data', () => {
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
