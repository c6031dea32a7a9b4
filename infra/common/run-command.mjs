/** Runs a command to its end in a process group of its own, with a log, a time limit and an abort signal. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { signalGroup } from './proc.mjs';

/** Output that is kept in memory for error messages (bytes); the log has all of it. */
const KEPT_OUTPUT = 256 * 1024;
/** How long an aborted command may take to end by itself before it is killed (ms). */
const GRACE_MS = 5_000;
/** How long a command that has ended may leave its output open to a grandchild before we stop listening (ms). */
const OUTPUT_GRACE_MS = 2_000;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] the whole environment; default: this process's
 * @property {string} [input] written to its stdin
 * @property {string} [logFile] gets stdout and stderr
 * @property {AbortSignal} [signal]
 * @property {number} [timeoutMs]
 * @property {(line: string) => void} [onLine] each line of stdout and stderr as it comes
 */

/**
 * @typedef {object} RunResult
 * @property {number} code exit code; 128 + n when a signal ended it, 127 when it could not be started
 * @property {string} stdout
 * @property {string} output stdout and stderr as they came, the last 256 KiB
 * @property {boolean} timedOut
 */

/**
 * Never rejects: a command that cannot be started has code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a' });
    // A group of its own: Ctrl-C reaches it only through us, and all that it starts can be ended together.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    let pending = '';
    let timedOut = false;
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    const end = () => {
      if (child.pid === undefined || killTimer !== undefined) return;
      const pid = child.pid;
      signalGroup(pid, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
    };
    const limit = setTimeout(
      () => {
        timedOut = true;
        end();
      },
      options.timeoutMs ?? 2 ** 31 - 1,
    );
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();

    /** @param {string} text */
    const take = (text) => {
      log?.write(text);
      output = (output + text).slice(-KEPT_OUTPUT);
      if (options.onLine === undefined) return;
      const lines = (pending + text).split(/\r?\n|\r/);
      pending = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    };
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout = (stdout + text).slice(-16 * KEPT_OUTPUT);
      take(text);
    });
    child.stderr?.setEncoding('utf8').on('data', take);
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input);

    let settled = false;
    /** @param {number} code */
    const settle = (code) => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      clearTimeout(killTimer);
      if (killTimer !== undefined && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      options.signal?.removeEventListener('abort', end);
      if (pending !== '') options.onLine?.(pending);
      const result = { code, stdout, output, timedOut };
      if (log === undefined) resolve(result);
      else log.end(() => resolve(result));
    };
    child.on('error', (error) => {
      take(`${error.message}\n`);
      settle(127);
    });
    child.on('exit', (code, signal) => {
      setTimeout(() => settle(code ?? 128 + signalNumber(signal)), OUTPUT_GRACE_MS).unref();
    });
    child.on('close', (code, signal) => settle(code ?? 128 + signalNumber(signal)));
  });
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  return signal === 'SIGKILL' ? 9 : signal === 'SIGINT' ? 2 : 15;
}

/**
 * The last lines of an output, for error messages.
 * @param {string} output
 * @param {number} count
 */
export function lastLines(output, count) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * The beginning and the end of an output: the cause often stands first, the consequence last.
 * @param {string} output
 * @param {number} count lines of each
 */
export function excerpt(output, count) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * count) return lines.join('\n');
  return [...lines.slice(0, count), `... (${lines.length - 2 * count} lines more)`, ...lines.slice(-count)].join('\n');
}
