/** Child processes of a test: started from their source, killed by their own ids, never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface TestProcess {
  pid(): number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
  start(): void;
}

/** Starts a program; `start` starts it again after `kill`. */
export function startProcess(file: string, args: string[], env: Record<string, string>): TestProcess {
  let child: ChildProcess | undefined;

  function start(): void {
    // They die with the test, however it ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', file, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      // Next.js's own types, where they are loaded too, demand a NODE_ENV of every environment.
      env: env as NodeJS.ProcessEnv,
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  }

  start();
  return { pid: () => child?.pid ?? -1, kill: () => end('SIGKILL'), stop: () => end('SIGTERM'), start };
}

/** Starts one of our TypeScript programs. */
export function startSource(path: string, args: string[], env: Record<string, string>): TestProcess {
  const node = ['--conditions=source', '--import', 'tsx', `${ROOT}/${path}`, ...args];
  return startProcess(process.execPath, node, { PATH: process.env.PATH ?? '', HOME: '/tmp', ...env });
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether something takes connections on a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Waits until `condition` holds; throws after `ms`, with `what` as it is then. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  ms = 20_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
