/** Asks the npm registry for known holes in what runs in production: `node infra/supply/audit.mjs`. */
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { runCommand } from '../common/run-command.mjs';

/** Holes below it are listed and do not fail: they are many, and seldom reachable. */
const LEVEL = 'high';
/** A registry that does not answer is not waited for (ms). */
const LIMIT_MS = 60_000;

/**
 * @typedef {{kind: 'clean'} | {kind: 'holes', text: string} | {kind: 'unanswered', reason: string}} Audit
 */

/**
 * Reads what `npm audit --json` printed.
 * @param {string} stdout
 * @param {number | null} code
 * @returns {Audit}
 */
export function readAudit(stdout, code) {
  /** @type {any} */
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { kind: 'unanswered', reason: 'npm audit printed no report' };
  }
  if (typeof report?.metadata?.vulnerabilities !== 'object') {
    const reason = report?.error?.summary || report?.message || 'npm audit printed no figures';
    // npm goes on with the address, which says nothing more.
    return { kind: 'unanswered', reason: String(reason).split(/\n| - /)[0] ?? '' };
  }
  if (code === 0) return { kind: 'clean' };
  const lines = Object.values(report.vulnerabilities ?? {}).map(
    (/** @type {any} */ hole) => `${hole.severity}: ${hole.name} ${hole.range}`,
  );
  return { kind: 'holes', text: lines.join('\n') };
}

/** @returns {Promise<Audit>} */
export async function audit() {
  const words = ['audit', '--omit=dev', `--audit-level=${LEVEL}`, '--json'];
  const { stdout, code, timedOut } = await runCommand('npm', words, { cwd: REPO, timeoutMs: LIMIT_MS });
  if (timedOut) return { kind: 'unanswered', reason: `the registry did not answer within ${LIMIT_MS / 1000} s` };
  return readAudit(stdout, code);
}

if (process.argv[1] === join(REPO, 'infra/supply/audit.mjs')) {
  const found = await audit();
  console.log(
    found.kind === 'clean' ? `No known hole of level ${LEVEL}.` : found.kind === 'holes' ? found.text : found.reason,
  );
  process.exitCode = found.kind === 'clean' ? 0 : found.kind === 'holes' ? 1 : 2;
}
