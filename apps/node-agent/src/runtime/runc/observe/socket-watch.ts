/** Listening sockets of all nodes, by dd-watch. */
import type { Clock, Logger } from '@drydock/service-kit';
import { z } from 'zod';
import { type ListeningSocket, listeningSocketSchema } from '../../runtime.ts';
import { createWatchProcess } from './watch-process.ts';

const lineSchema = z.object({ sockets: z.array(listeningSocketSchema) });

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
  onSockets: (id: string, sockets: readonly ListeningSocket[]) => void;
}

/** A line of 2048 sockets has less than this (characters). */
const MAX_LINE = 512 * 1024;

/** Builds the watch. */
export function createSocketWatch({ onSockets, ...deps }: SocketWatchDeps): SocketWatch {
  const { add, remove, close } = createWatchProcess({
    ...deps,
    program: 'dd-watch',
    maxLine: MAX_LINE,
    onLine: (id, line) => onSockets(id, lineSchema.parse(line).sockets),
  });
  return { add: (id, pid, netnsInode) => add(id, `${pid} ${netnsInode}`), remove, close };
}
