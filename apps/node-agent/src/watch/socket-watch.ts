/** Runs dd-watch, the host's one watcher of listening sockets, and starts it again when it ends. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import { z } from 'zod';
import { readLines } from './lines.ts';

const socketSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  port: z.number().int(),
  reach: z.enum(['any', 'address', 'loopback']),
  program: z.string(),
});
/** A listening socket of a node; `program` is text of the learner's. */
export type WatchedSocket = z.infer<typeof socketSchema>;

const lineSchema = z.union([
  z.object({ id: z.string(), sockets: z.array(socketSchema) }),
  z.object({ id: z.string(), error: z.string() }),
]);

export interface SocketWatch {
  /** Begins to watch a namespace, by a process in it and its inode. */
  add(id: string, pid: number, netnsInode: number): void;
  /** Ends it, and lets the namespace go. */
  remove(id: string): void;
  close(): void;
}

export interface SocketWatchDeps {
  nativeDir: string;
  logger: Logger;
  clock: Clock;
  /** All sockets of a node: first at the beginning, then at every change. */
  onSockets: (id: string, sockets: readonly WatchedSocket[]) => void;
}

/** A line of 2048 sockets has less than this (characters). */
const MAX_LINE = 512 * 1024;

/** Builds the watch; the process is started with the first node. */
export function createSocketWatch({ nativeDir, logger, clock, onSockets }: SocketWatchDeps): SocketWatch {
  const watched = new Map<string, string>();
  const backoff = createBackoff({ minMs: 200, maxMs: 10_000 });
  let child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  let retry: Timer | undefined;
  let closed = false;

  function onLine(text: string): void {
    const line = lineSchema.parse(JSON.parse(text));
    backoff.reset();
    if (!watched.has(line.id)) return;
    if ('sockets' in line) onSockets(line.id, line.sockets);
    else logger.info({ node: line.id, reason: line.error }, 'sockets of a node not watched');
  }

  function start(): void {
    const own = spawn(join(nativeDir, 'dd-watch'), [], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    child = own;
    retry = undefined;
    own.stdin.on('error', () => {}); // It ended: see below.
    readLines(own.stdout, MAX_LINE, onLine);
    const ended = (reason: unknown) => {
      if (child !== own) return;
      child = undefined;
      if (closed || watched.size === 0) return;
      logger.warn({ reason }, 'dd-watch ended; starting it again');
      retry = clock.after(backoff.next(), start);
    };
    own.once('error', ended);
    own.once('exit', (code, signal) => ended(signal ?? code));
    for (const line of watched.values()) own.stdin.write(line);
  }

  return {
    add(id, pid, netnsInode) {
      const line = `add ${id} ${pid} ${netnsInode}\n`;
      watched.set(id, line);
      if (child) child.stdin.write(line);
      else if (!closed && !retry) start();
    },
    remove(id) {
      if (watched.delete(id)) child?.stdin.write(`del ${id}\n`);
    },
    close() {
      closed = true;
      retry?.cancel();
      child?.stdin.end();
    },
  };
}
