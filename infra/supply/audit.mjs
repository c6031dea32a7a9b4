/**
 * Looks for known holes in what runs in production: `npm run -s audit` asks the registry, and the advisories that the clone carries, which
 * need none; `-- --renew DIRECTORY` reads those anew from records of OSV.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeAtomic } from '../common/files.mjs';
import { REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { runCommand } from '../common/run-command.mjs';
import { ADVISORIES, advisoriesFrom, ageDays, describe, hits, isGrave, LEVEL, readAdvisories } from './advisories.mjs';

/** A registry that does not answer is not waited for (ms). */
const LIMIT_MS = 60_000;
/** Beyond it the output says that there may be newer ones; it fails nothing, or an old clone would fail by its age alone (days). */
const OLD_DAYS = 30;

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

/** Asks the registry. @returns {Promise<Audit>} */
export async function audit() {
  const words = ['audit', '--omit=dev', `--audit-level=${LEVEL}`, '--json'];
  const { stdout, code, timedOut } = await runCommand('npm', words, { cwd: REPO, timeoutMs: LIMIT_MS });
  if (timedOut) return { kind: 'unanswered', reason: `the registry did not answer within ${LIMIT_MS / 1000} s` };
  return readAudit(stdout, code);
}

const lockFile = () => JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));

/**
 * Looks into the advisories of the clone; no registry is asked.
 * @param {number} now ms since the epoch
 * @returns {{grave: boolean, lines: string[]}} `grave` where one fits what runs in production
 */
export function auditByFile(now) {
  const file = readAdvisories();
  const found = hits(lockFile(), file);
  const age = ageDays(file, now);
  const packages = new Set(file.advisories.map((advisory) => advisory.package)).size;
  const what = `${relative(REPO, ADVISORIES)}, read on ${file.read} (${age} days ago)`;
  return {
    grave: found.some(isGrave),
    lines: [
      ...found.map(describe),
      `${what}: ${found.length} of ${file.advisories.length} advisories about ${packages} packages fit what is installed.`,
      ...(age > OLD_DAYS
        ? ['There may be newer ones: `npm run -s audit -- --renew DIRECTORY`, as RELEASING.md says.']
        : []),
    ],
  };
}

/** @param {string | undefined} directory */
function renew(directory) {
  if (directory === undefined)
    throw new Problem('BAD_ARGUMENTS', 'There is no directory.', 'Name one with OSV records.');
  const file = advisoriesFrom(directory, lockFile(), Date.now());
  writeAtomic(ADVISORIES, `${JSON.stringify(file, null, 2)}\n`);
  console.log(`${relative(REPO, ADVISORIES)}: ${file.advisories.length} advisories`);
}

async function main() {
  const [flag, directory] = process.argv.slice(2);
  if (flag === '--renew') return renew(directory);
  const found = await audit();
  const { grave, lines } = auditByFile(Date.now());
  const asked = {
    clean: () => `The registry knows no hole of level ${LEVEL}.`,
    holes: () => /** @type {{text: string}} */ (found).text,
    unanswered: () => `The registry does not say: ${/** @type {{reason: string}} */ (found).reason}.`,
  };
  for (const line of [asked[found.kind](), ...lines]) console.log(line);
  process.exitCode = grave || found.kind === 'holes' ? 1 : 0;
}

if (process.argv[1] === join(REPO, 'infra/supply/audit.mjs')) {
  await main().catch((thrown) => {
    console.error(describeFailure(thrown));
    process.exitCode = 2;
  });
}
