/**
 * A terminal whose PTY is opened by the program itself, inside a node: dd-enter, reached over sockets. A second PTY on the host, which
 * pumps 4 KiB at a time, would cost more processor time than all else on a byte's way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { DrydockError } from '@drydock/protocol';
import type { Size } from './output-log.ts';
import type { Pty, PtyEvents, TerminalCommand } from './pty.ts';

/** Where the program looks for new sizes, a line COLSxROWS each (native/enter/plan/options.h). */
export const SIZES_DESCRIPTOR = 3;
/** What an ended program left in its sockets is read within this time (ms), unless a child of it keeps them open. */
const DRAIN_MS = 1000;

/** Starts `command` with a socket for each of its streams. @throws DrydockError INTERNAL when no process can be made. */
export function spawnEnteredPty({ file, args, env, cwd = '/' }: TerminalCommand, size: Size, events: PtyEvents): Pty {
  const child: ChildProcess = spawn(file, args, {
    env,
    cwd,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // A session of its own: a signal to the terminal host's group is not for it.
    detached: true,
  });
  if (child.pid === undefined) {
    child.on('error', () => undefined);
    throw new DrydockError('INTERNAL', undefined, undefined, { cause: new Error(`${file} cannot be started`) });
  }
  const [stdin, stdout, stderr, sizes] = child.stdio as unknown as [Writable, Readable, Readable, Writable];
  /** The size that is asked for, and the one that the program was told last. */
  let wanted = size;
  let told = size;
  let ended = false;
  let drain: NodeJS.Timeout | undefined;
  // A program that has gone breaks its sockets; its end is told by 'close'.
  for (const stream of [child, stdin, stdout, stderr, sizes]) stream.on('error', () => undefined);
  for (const stream of [stdout, stderr]) stream.on('data', events.onData);

  function tellSize(): void {
    // While the program reads none, the last one waits alone: the others between do not matter.
    if (ended || sizes.writableLength > 0 || (wanted.cols === told.cols && wanted.rows === told.rows)) return;
    told = wanted;
    sizes.write(`${told.cols}x${told.rows}\n`, tellSize);
  }

  child.once('exit', () => {
    ended = true;
    // All of it is in the sockets now, and 'close' comes when they have been read to their ends, paused or not.
    stdout.resume();
    stderr.resume();
    sizes.destroy();
    drain = setTimeout(() => {
      stdout.destroy();
      stderr.destroy();
    }, DRAIN_MS);
  });
  child.once('close', (code, signal) => {
    clearTimeout(drain);
    events.onExit(signal === null ? { exitCode: code ?? 0 } : { exitCode: 0, signal });
  });
  return {
    write(data) {
      // One piece waits here at most; the rest waits where the bound on typing is.
      if (ended || stdin.writableLength > 0) return 0;
      stdin.write(data);
      return data.byteLength;
    },
    pause() {
      if (!ended) stdout.pause();
    },
    resume: () => stdout.resume(),
    resize(next) {
      wanted = next;
      tellSize();
    },
    kill(signal) {
      if (!ended) child.kill(signal);
    },
  };
}
