/** Calls to a manager's operator listener (apps/session-manager/src/edge/operator/operator-listener.ts) with this place's own key. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { withoutEnd } from './without-end.mjs';

/** An operator's call is answered from memory or by one write (ms). */
const ANSWER_MS = 10_000;

/**
 * @typedef {object} Operator
 * @property {string} url where the manager listens for its operator
 * @property {string} secretFile the manager's secret, from which the key is made
 */

/**
 * @param {Operator} operator
 * @param {string} method
 * @param {string} path below /operator
 * @param {object} [body]
 * @returns {Promise<any>} the answer's JSON
 * @throws {Problem} OPERATOR_UNREACHABLE, or the manager's own code
 */
export async function operatorCall({ url, secretFile }, method, path, body) {
  const key = createHmac('sha256', readFileSync(secretFile, 'utf8').trim())
    .update('drydock/operator')
    .digest('base64url');
  /** @type {RequestInit} */
  const request = { method, headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(ANSWER_MS) };
  if (body !== undefined) request.body = JSON.stringify(body);
  return readAnswer(`${withoutEnd(url, '/')}/operator${path}`, request, 'Is the manager running? npm run status');
}

/**
 * Asks a manager something and gives its answer, or its refusal as a problem.
 * @param {string} address
 * @param {RequestInit} request
 * @param {string} remedy for a manager that does not answer
 * @returns {Promise<any>}
 */
export async function readAnswer(address, request, remedy) {
  const response = await fetch(address, request).catch((error) => {
    throw new Problem(
      'MANAGER_UNREACHABLE',
      `${address} does not answer (${error.cause?.message ?? error.message}).`,
      remedy,
    );
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { code, message } = /** @type {any} */ (answer)?.error ?? {
    code: 'BAD_ANSWER',
    message: `It answered ${response.status}.`,
  };
  throw new Problem(code, message, remedy);
}
