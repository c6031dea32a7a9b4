/** Runs one program of the host to its end, with bounds on time and output. */
import { spawn } from 'node:child_process';

/** Longest time of a host program (ms): runc and mkfs take 5 to 50; a machine under full load a hundred times that. */
const PROGRAM_TIMEOUT_MS = 15_000;
/** Kept of its output (bytes). */
const MAX_OUTPUT = 256 * 1024;

/** A program failed; the message holds its command and what it said. */
export class ProgramError extends Error {
  readonly exitCode: number | null;
  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface RunOptions {
  timeoutMs?: number;
  /** The environment; a bare PATH when left out, so that nothing of ours leaks into it. */
  env?: Record<string, string>;
}

const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Resolves to stdout; rejects with ProgramError when it cannot start, fails or takes too long. */
export function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { timeoutMs = PROGRAM_TIMEOUT_MS, env = BARE_ENVIRONMENT } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (stdout.length < MAX_OUTPUT) stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < MAX_OUTPUT) stderr += chunk;
    });
    child.once('error', (error) => reject(new ProgramError(`${file}: ${error.message}`, null)));
    child.once('close', (code: number | null, signal: string | null) => {
      if (code === 0) resolve(stdout);
      else reject(new ProgramError(`${file} ${args[0] ?? ''} failed (${signal ?? code}): ${stderr.trim()}`, code));
    });
  });
}
