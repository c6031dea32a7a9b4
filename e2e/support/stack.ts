/** Starts and stops the real product for the browser tests, by the README's own command, in a state directory of its own. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@drydock/testkit';
import { uncaughtErrorsIn } from '../../infra/test/uncaught-errors.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Building everything on a fresh machine takes minutes; a stack that is not up by then will not come. */
const START_DEADLINE_MS = 15 * 60_000;

export interface Stack {
  origin: string;
  stateDir: string;
  env: Record<string, string>;
  /** A command that runs another in the stack's network namespace; empty for this machine's own. */
  within: readonly string[];
}

/** Runs npm for a stack, where it is. */
function npm(stack: Stack, args: readonly string[], timeout?: number) {
  const [program = 'npm', ...rest] = [...stack.within, 'npm', ...args];
  return run(program, rest, {
    cwd: root,
    env: { ...process.env, ...stack.env },
    maxBuffer: 64 * 1024 * 1024,
    ...(timeout === undefined ? {} : { timeout }),
  });
}

/** `npm run host -- …` for the stack; what it says on its output. */
export async function hostCommand(stack: Stack, ...args: readonly string[]): Promise<string> {
  const { stdout } = await npm(stack, ['run', '--silent', 'host', '--', ...args]);
  return stdout.trim();
}

/**
 * Starts a stack with `settings` on top of the tests' defaults, by the command `within`; resolves when it says that it is ready.
 * `before` is what is done first, as when a machine joins.
 */
export async function startStack(
  settings: Record<string, string> = {},
  within: readonly string[] = [],
  before: (stack: Stack) => Promise<unknown> = async () => undefined,
): Promise<Stack> {
  const port = await freePort();
  const stateDir = `/var/lib/drydock-e2e-${process.pid}-${port}`;
  mkdirSync(stateDir, { recursive: true, mode: 0o755 });
  const env = {
    DRYDOCK_PORT: String(port),
    DRYDOCK_STATE_DIR: stateDir,
    // Images are named by content: tests share what is built already.
    DRYDOCK_IMAGES_DIR: process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images',
    DRYDOCK_LIBRARY: 'core',
    DRYDOCK_EGRESS: 'mirror-only',
    // Labs of the tests beside the built-in ones.
    DRYDOCK_LABS_DIR: `${root}e2e/fixtures/labs`,
    // For the few that others than this machine could reach: whoever tests may start, and defaults are those of the others.
    DRYDOCK_OPEN: 'yes',
    DRYDOCK_PORT_WARNING: '0',
    DRYDOCK_IDLE_MINUTES: '0',
    ...settings,
  };
  const stack = { origin: `http://localhost:${port}`, stateDir, env, within };
  await before(stack);
  await npm(stack, ['start', '--', '--detach'], START_DEADLINE_MS);
  return stack;
}

/** `npm run status -- --json` of the stack. */
export async function stackStatus(
  stack: Stack,
): Promise<{ processes: { name: string; pid: number; restarts: number }[] }> {
  const { stdout } = await npm(stack, ['run', '--silent', 'status', '--', '--json']);
  return JSON.parse(stdout);
}

/** Stops the stack by the README's command and removes its state. @throws when one of its processes had an error that nothing caught. */
export async function stopStack(stack: Stack): Promise<void> {
  await npm(stack, ['stop'], 120_000);
  const [uncaught] = uncaughtErrorsIn(`${stack.stateDir}/logs`);
  rmSync(stack.stateDir, { recursive: true, force: true });
  if (uncaught !== undefined) throw new Error(`an error that nothing caught: ${uncaught}`);
}
