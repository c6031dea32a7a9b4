/** `npm run status [-- --json]`: what runs, since when, how often it was restarted, and what the stack holds. */
import { layoutOf } from '../common/paths.mjs';
import { describeFailure } from '../common/problem.mjs';
import { managerStatus } from '../supervisor/readiness.mjs';
import { runningStack } from '../supervisor/state-file.mjs';
import { loadSettings } from './load-settings.mjs';

async function status() {
  const layout = layoutOf(loadSettings());
  const stack = runningStack(layout.stateFile);
  const manager = stack === undefined ? undefined : await managerStatus(stack.origin);
  const report = {
    running: stack !== undefined,
    ready: stack?.ready ?? false,
    url: stack?.url ?? null,
    processes: (stack?.processes ?? []).map(({ name, pid, since, restarts, state }) => ({
      name,
      pid,
      since,
      restarts,
      state,
    })),
    // null: the manager does not answer at the moment.
    hosts: manager?.hosts ?? (stack === undefined ? [] : null),
    sessions: manager?.sessions ?? (stack === undefined ? 0 : null),
    pool: manager?.pool ?? (stack === undefined ? 0 : null),
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
  else printTable(report, layout.state);
}

/**
 * @param {any} report
 * @param {string} state
 */
function printTable(report, state) {
  if (!report.running) return console.log(`Drydock is not running (state in ${state}).`);
  console.log(report.ready ? `Drydock is ready: ${report.url}` : 'Drydock is starting.');
  for (const { name, pid, since, restarts, state: life } of report.processes) {
    console.log(
      `  ${name.padEnd(10)} ${String(pid ?? '-').padStart(8)}  ${life.padEnd(9)} since ${since ?? '-'}  restarts ${restarts}`,
    );
  }
  if (report.hosts === null) return console.log('  The manager does not answer at the moment.');
  const hosts = report.hosts.map(
    (/** @type {{name: string, state: string, nodes: number}} */ host) =>
      `${host.name} (${host.state}, ${host.nodes} nodes)`,
  );
  console.log(
    `  hosts: ${hosts.join(', ') || 'none'}; sessions: ${report.sessions}; nodes in the pool: ${report.pool}`,
  );
}

try {
  await status();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
