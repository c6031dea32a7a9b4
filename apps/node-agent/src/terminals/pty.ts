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

/** What to start for a node's new terminal. `args` may depend on the size, `env` is all of the child's environment. */
export interface TerminalCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** It opens a PTY by itself and takes sizes at SIZES_DESCRIPTOR (entered-pty.ts); otherwise it is started on a PTY of this host. */
  opensPty?: boolean;
}

/** Starts a terminal's process. Throws a DrydockError when that is impossible. */
export type SpawnPty = (size: Size, events: PtyEvents) => Pty;
