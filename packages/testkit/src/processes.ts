/** Child processes of a test: started from their source, killed by their own ids, never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

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
