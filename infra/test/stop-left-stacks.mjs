/** Ends stacks that tests started and could not stop themselves: an interrupted or hanging run leaves nothing running. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { environmentOf } from '../common/proc.mjs';
import { runCommand } from '../common/run-command.mjs';
import { runningStack } from '../supervisor/state-file.mjs';

/** `npm stop` has bounds of its own; this is above them (ms). */
const STOP_MS = 300_000;

/**
 * @param {import('./host-snapshot.mjs').Snapshot} left what the tests left behind
 * @param {{testRun: string, say: (line: string) => void, stateParent?: string}} options `stateParent` is where stacks of
 *   tests put their state directories
 */
export async function stopLeftStacks(left, { testRun, say, stateParent = '/var/lib' }) {
  for (const name of left['state directory'] ?? []) {
    const state = join(stateParent, name);
    const stack = runningStack(join(state, 'supervisor.json'));
    // Another run on this machine may have come meanwhile: only what carries our mark is ours to stop.
    if (stack === undefined || environmentOf(stack.pid, 'TEST_RUN') !== testRun) continue;
    say(`Stopping a stack that the tests left running (${state}).`);
    const stop = join(REPO, 'infra/bootstrap/stop.mjs');
    const { code, output } = await runCommand(process.execPath, [stop], {
      env: { ...process.env, DRYDOCK_STATE_DIR: state },
      timeoutMs: STOP_MS,
    });
    // What could not be stopped keeps its directory: it says what is left.
    if (code === 0) rmSync(state, { recursive: true, force: true });
    else say(output.trim());
  }
}
