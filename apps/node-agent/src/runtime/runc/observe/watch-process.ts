/** One native watcher for all nodes of the host (dd-watch, dd-oom): told what to watch line by line, started again when it ends. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import { z } from 'zod';
import { readLines } from '../../../system/lines.ts';

/** What every line has: the node that it is of. */
const lineSchema = z.looseObject({ id: z.string(), error: z.string().optional() });

export interface WatchProcess {
  /** Begins to watch; `words` are the program's own. */
  add(id: string, words: string): void;
  remove(id: string): void;
  close(): void;
}

export interface WatchProcessDeps {
  program: string;
  nativeDir: string;
  /** The longest line that it writes (characters). */
  maxLine: number;
  logger: Logger;
  clock: Clock;
  /** A line of a node that is watched, and that is no error. */
  onLine: (id: string, line: unknown) => void;
}

/** Builds it; the process is started with the first node. */
export function createWatchProcess(deps: WatchProcessDeps): WatchProcess {
  const { program, logger, clock } = deps;
  const watched = new Map<string, string>();
  const backoff = createBackoff({ minMs: 200, maxMs: 10_000 });
  let child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  let retry: Timer | undefined;
  let closed = false;

  function onLine(text: string): void {
    const line = lineSchema.parse(JSON.parse(text));
    backoff.reset();
    if (!watched.has(line.id)) return;
    if (line.error === undefined) deps.onLine(line.id, line);
    else logger.info({ program, node: line.id, reason: line.error }, 'a node is not watched');
  }

  function start(): void {
    const own = spawn(join(deps.nativeDir, program), [], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    child = own;
    retry = undefined;
    own.stdin.on('error', () => {}); // It ended: see below.
    readLines(own.stdout, deps.maxLine, onLine);
    const ended = (reason: unknown) => {
      if (child !== own) return;
      child = undefined;
      if (closed || watched.size === 0) return;
      logger.warn({ program, reason }, 'a watcher ended; starting it again');
      retry = clock.after(backoff.next(), start);
    };
    own.once('error', ended);
    own.once('exit', (code, signal) => ended(signal ?? code));
    for (const line of watched.values()) own.stdin.write(line);
  }

  return {
    add(id, words) {
      const line = `add ${id} ${words}\n`;
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
