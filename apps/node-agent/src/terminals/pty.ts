/** What a terminal needs of a pseudo-terminal; made by terminal-host.ts with node-pty, and by entered-pty.ts in a node. */
import type { Size } from './output-log.ts';

export interface PtyExit {
  exitCode: number;
  /** The name of the signal that ended the process, e.g. SIGKILL. */
  signal?: string;
}

export interface Pty {
  /** Gives the PTY as many of these bytes as it takes now, without waiting; returns how many (0: it is full or gone). */
  write(data: Uint8Array): number;
  /** Stops and goes on with reading. A chunk that was under way may still come. */
  pause(): void;
  resume(): void;
  resize(size: Size): void;
  kill(signal: 'SIGHUP' | 'SIGKILL'): void;
}

export interface PtyEvents {
  onData(data: Buffer): void;
  /** The process ended and every byte that it wrote has been given to onData, paused or not. */
  onExit(exit: PtyExit): void;
}

/** Starts a terminal's process. Throws a DrydockError when that is impossible. */
export type SpawnPty = (size: Size, events: PtyEvents) => Pty;
