/** The command line as a person runs it: one process a command, a state folder of the test's own, and a real terminal where one is needed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from 'node-pty';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(REPO, 'apps/cli/dist/main.js');
/** No command of a test runs longer, unless it hangs (ms). */
const LIMIT_MS = 60_000;

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface OwnTerminal {
  type(text: string): void;
  resize(cols: number, rows: number): void;
  /** All that the terminal was sent. */
  text(): string;
  readonly ended: Promise<number>;
  kill(): void;
}

export type CommandLine = ReturnType<typeof createCommandLine>;

/** Builds one for a stack; `remove` takes its state folder away. */
export function createCommandLine(server: string) {
  const state = mkdtempSync(join(tmpdir(), 'drydock-cli-'));
  const env = { ...process.env, DRYDOCK_URL: server, XDG_STATE_HOME: state, TERM: 'xterm-256color' };

  return {
    state,
    server,
    /** Runs a command to its end; `input` is what it reads. */
    run(args: readonly string[], input = '', more: Record<string, string> = {}): Promise<Ran> {
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [PROGRAM, ...args],
          { env: { ...env, ...more }, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 },
          (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
        );
        child.stdin?.end(input);
      });
    },
    /** Runs a command in a terminal of its own. */
    terminal(args: readonly string[], size = { cols: 100, rows: 30 }, file = process.execPath): OwnTerminal {
      const command = file === process.execPath ? [PROGRAM, ...args] : [...args];
      const pty: IPty = spawn(file, command, { ...size, cwd: REPO, env, name: 'xterm-256color' });
      let text = '';
      pty.onData((data) => {
        text += data;
      });
      const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
      return {
        type: (typed) => pty.write(typed),
        resize: (cols, rows) => pty.resize(cols, rows),
        text: () => text,
        ended,
        kill: () => pty.kill('SIGKILL'),
      };
    },
    remove: () => rmSync(state, { recursive: true, force: true }),
  };
}
