/** Starts and stops the real product for the browser tests, by the README's own command, in a state directory of its own. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Building everything on a fresh machine takes minutes; a stack that is not up by then will not come. */
const START_DEADLINE_MS = 15 * 60_000;

export interface Stack {
  origin: string;
  stateDir: string;
  env: Record<string, string>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a stack with `settings` on top of the tests' defaults; resolves when it says that it is ready. */
export async function startStack(settings: Record<string, string> = {}): Promise<Stack> {
  const port = await freePort();
  const stateDir = `/var/lib/drydock-e2e-${process.pid}-${port}`;
  mkdirSync(stateDir, { recursive: true, mode: 0o755 });
  const env = {
    DRYDOCK_PORT: String(port),
    DRYDOCK_STATE_DIR: stateDir,
    // Images are named by content: tests share what is built already.
    DRYDOCK_IMAGES_DIR: process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images',
    DRYDOCK_EGRESS: 'mirror-only',
    ...settings,
  };
  await run('npm', ['start', '--', '--detach'], {
    cwd: root,
    env: { ...process.env, ...env },
    timeout: START_DEADLINE_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { origin: `http://localhost:${port}`, stateDir, env };
}

/** `npm run status -- --json` of the stack. */
export async function stackStatus(
  stack: Stack,
): Promise<{ processes: { name: string; pid: number; restarts: number }[] }> {
  const { stdout } = await run('npm', ['run', '--silent', 'status', '--', '--json'], {
    cwd: root,
    env: { ...process.env, ...stack.env },
  });
  return JSON.parse(stdout);
}

/** Stops the stack by the README's command and removes its state. */
export async function stopStack(stack: Stack): Promise<void> {
  await run('npm', ['stop'], { cwd: root, env: { ...process.env, ...stack.env }, timeout: 120_000 });
  rmSync(stack.stateDir, { recursive: true, force: true });
}
