/** Runs a command in a node by its enter command, with bounds on its time and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DEFAULT_EXEC_TIMEOUT_SECONDS, DrydockError, MAX_EXEC_OUTPUT_BYTES } from '@drydock/protocol';
import type { EnterCommand, ExecInput, ExecResult } from './runtime.ts';

/** dd-enter's own exit status when it could not bring the command to its start (native/enter/exit-status.h). */
const ENTER_FAILED = 125;
/** After SIGTERM dd-enter kills the command's process group at once; this long later it is killed itself (ms). */
const KILL_AFTER_MS = 2000;

/** Collects at most MAX_EXEC_OUTPUT_BYTES; the rest is read and dropped, so that the command can end. */
function collector(stream: NodeJS.ReadableStream): { bytes(): Buffer; truncated(): boolean } {
  const chunks: Buffer[] = [];
  let size = 0;
  let cut = false;
  stream.on('data', (chunk: Buffer) => {
    const room = MAX_EXEC_OUTPUT_BYTES - size;
    if (chunk.length > room) cut = true;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    size += Math.min(chunk.length, room);
  });
  return { bytes: () => Buffer.concat(chunks), truncated: () => cut };
}

/** The whole process group: dd-enter is alone in its own; a fake node's command has its children there. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

function stop(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
}

/**
 * Runs `enter` with `input`'s stdin.
 * @throws DrydockError EXEC_TIMEOUT, or NODE_NOT_READY when the node cannot be entered.
 */
export function runInNode(enter: EnterCommand, input: ExecInput): Promise<ExecResult> {
  const started = performance.now();
  const limitMs = (input.timeoutSeconds ?? DEFAULT_EXEC_TIMEOUT_SECONDS) * 1000;
  return new Promise((resolve, reject) => {
    const child = spawn(enter.file, enter.args, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/', detached: true });
    const stdout = collector(child.stdout);
    const stderr = collector(child.stderr);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stop(child);
    }, limitMs);
    const abort = () => stop(child);
    input.signal?.addEventListener('abort', abort, { once: true });
    child.stdin.on('error', () => {}); // The command did not read all of it: its status says whether that is bad.
    Promise.resolve(input.stdin ?? '').then(
      (stdin) => child.stdin.end(stdin),
      () => child.stdin.destroy(),
    );
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      input.signal?.removeEventListener('abort', abort);
      if (timedOut) return reject(new DrydockError('EXEC_TIMEOUT'));
      if (input.signal?.aborted)
        return reject(new DrydockError('NODE_NOT_READY', undefined, undefined, { cause: 'aborted' }));
      const said = stderr.bytes();
      if (code === ENTER_FAILED && said.subarray(0, 9).toString() === 'dd-enter:') {
        return reject(new DrydockError('NODE_NOT_READY', undefined, undefined, { cause: said.toString().trim() }));
      }
      resolve({
        exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        stdout: stdout.bytes(),
        stderr: said,
        truncated: stdout.truncated() || stderr.truncated(),
        durationMs: performance.now() - started,
      });
    });
  });
}
