/** `npm run status [-- --json]`: what runs, since when, how often it was restarted, and what the stack holds. */
import { join } from 'node:path';
import { operatorCall } from '../common/operator.mjs';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure } from '../common/problem.mjs';
import { describeRefused } from '../host/kernel-settings.mjs';
import { managerStatus } from '../supervisor/readiness.mjs';
import { kernelSettingsOf } from '../supervisor/run-stack.mjs';
import { runningStack } from '../supervisor/state-file.mjs';
import { loadSettings } from './settings/load-settings.mjs';

/** Errors shown in the table; --json has all that are remembered. */
const LAST_ERRORS = 5;

async function status() {
  const layout = layoutOf(loadSettings());
  const stack = runningStack(layout.stateFile);
  const manager = stack === undefined ? undefined : await managerStatus(stack.origin);
  const report = {
    running: stack !== undefined,
    ready: stack?.ready ?? false,
    url: stack?.url ?? null,
    processes: (stack?.processes ?? []).map(({ name, pid, since, restarts, stuck, state }) => ({
      name,
      pid,
      since,
      restarts,
      stuck,
      state,
    })),
    // null: the manager does not answer at the moment.
    hosts: manager?.hosts ?? (stack === undefined ? [] : null),
    sessions: manager?.sessions ?? (stack === undefined ? 0 : null),
    pool: manager?.pool ?? (stack === undefined ? 0 : null),
    // Kernel settings that are lower than nodes need.
    kernelSettings: stack === undefined ? [] : kernelSettingsOf(layout).low(),
    // What only the operator is told; null where there is none to ask.
    operator: await operatorReport(stack?.operator, join(layout.secrets, 'manager/secret')),
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
  else printTable(report, layout.state);
}

/**
 * @param {string | undefined} url
 * @param {string} secretFile
 */
async function operatorReport(url, secretFile) {
  if (url === undefined) return null;
  return operatorCall({ url, secretFile }, 'GET', '/status').catch(() => null);
}

/**
 * @param {any} report
 * @param {string} state
 */
function printTable(report, state) {
  if (!report.running) return console.log(`Drydock is not running (state in ${state}).`);
  console.log(report.ready ? `Drydock is ready: ${report.url}` : 'Drydock is starting.');
  for (const { name, pid, since, restarts, stuck, state: life } of report.processes) {
    console.log(
      `  ${name.padEnd(10)} ${String(pid ?? '-').padStart(8)}  ${life.padEnd(9)} since ${since ?? '-'}  restarts ${restarts}` +
        // A supervisor of an earlier release does not count them.
        (stuck ? `, ${stuck} of them because it was stuck` : ''),
    );
  }
  const warning = describeRefused(report.kernelSettings);
  if (warning !== undefined) console.log(`  ${warning}`);
  if (report.hosts === null) return console.log('  The manager does not answer at the moment.');
  const hosts = report.hosts.map(
    (/** @type {{name: string, state: string, nodes: number}} */ host) =>
      `${host.name} (${host.state}, ${host.nodes} nodes)`,
  );
  console.log(
    `  hosts: ${hosts.join(', ') || 'none'}; sessions: ${report.sessions}; nodes in the pool: ${report.pool}`,
  );
  if (report.operator !== null) printOperator(report.operator);
}

/** @param {any} operator what the manager's operator listener says */
function printOperator({ hosts, sessions, sockets, capacity, queue, errors, processes = [] }) {
  for (const { name, state, nodes, maxNodes, pool, remains, version, draining } of hosts) {
    const more = `${version ?? ''}${draining ? ', draining' : ''}`;
    console.log(
      `  host ${name.padEnd(18)} ${state.padEnd(10)} ${nodes} of ${maxNodes ?? '?'} nodes, ${pool ?? 0} warm  ${more}`,
    );
    if (remains > 0)
      console.log(`    ALARM: ${remains} nodes could not be removed; see "remains of a node" in agent.log`);
  }
  console.log(
    `  sessions: ${sessions.active} active, ${sessions.retained} retained, ${sessions.closing} closing; ` +
      `${sockets} pages; ${capacity.free} of ${capacity.nodes} nodes free; ${queue} in the queue`,
  );
  for (const { at, code, where, sessionId, requestId, cause } of errors.slice(-LAST_ERRORS)) {
    const ids = [sessionId, requestId].filter(Boolean).join(' ');
    console.log(`  ${new Date(at).toISOString()} ${code} ${where} ${ids}${cause === undefined ? '' : `: ${cause}`}`);
  }
  for (const { process: name, host, uncaught } of processes) {
    if (uncaught.count === 0) continue;
    const of = host === undefined ? name : `${name} of ${host}`;
    console.log(`  ALARM: ${uncaught.count} errors of ${of} were caught by nothing; it goes on. The newest:`);
    const { at, where, stack } = uncaught.last.at(-1);
    for (const line of `${new Date(at).toISOString()} ${where}: ${stack}`.split('\n')) console.log(`    ${line}`);
  }
}

try {
  await status();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
