/** What a terminal's controller needs from the page (a screen, a link) and what it tells it (its state); free of React and of the DOM. */
import type { TerminalLink, Unsubscribe } from '@drydock/client';

/** The part of an xterm-like terminal that the controller drives. Everything is drawn in the order of the calls to `write`. */
export interface TerminalScreen {
  /** Parses `text` after all that was written before; `drawn` is called when it is part of the screen (xterm's write callback). */
  write(text: string, drawn: () => void): void;
  /**
   * Lines of plain text after which nothing that is on the screen or above it now is left; undefined while a part of the screen does
   * not scroll. Asked only when nothing but plain text is under way to the screen.
   */
  linesToLeave(): number | undefined;
  /** Whether somebody works in this terminal, or nobody looks at any. */
  isForemost(): boolean;
  /** Back to the state of a new terminal: no text, no scrollback, default modes. */
  reset(): void;
  resize(cols: number, rows: number): void;
  /** What the user types, as text, and the screen's own answers to terminal queries. */
  onData(listener: (text: string) => void): Unsubscribe;
  /** Mouse reports of old encodings: each character is one byte (xterm's onBinary). */
  onBinary?(listener: (latin1: string) => void): Unsubscribe;
  /** While muted the screen answers no terminal query (queries.ts does that for xterm). It begins muted. */
  muteQueries(muted: boolean): void;
}

/** How the terminal stands; every state but the last three leads back to `live`. */
export type TerminalPhase =
  /** Not attached yet, or the connection broke at `since` (ms of this browser's clock). */
  | { kind: 'offline'; since: number }
  | { kind: 'attaching'; since: number }
  | { kind: 'live' }
  | { kind: 'exited'; exitCode: number; signal?: string }
  /** The server knows no such terminal (any more), or refuses it; `code` says which. */
  | { kind: 'gone'; code: string }
  | { kind: 'disposed' };

export interface TerminalState {
  phase: TerminalPhase;
  /** The size that the screen has, which is the PTY's. */
  cols: number;
  rows: number;
  /** Whether this page sets the PTY's size; another page that types takes it over. */
  driving: boolean;
  /** Typing that waits for the connection, for a dimmed hint: its text (control characters as they are) and length (bytes). */
  waiting: { text: string; bytes: number } | null;
  /** The waiting text holds an Enter and the connection was away for long: `confirmWaiting` or `discardWaiting` decides. */
  askBeforeSending: boolean;
  /** Typing was refused because the bound on waiting bytes was reached; cleared when there is room again. */
  inputFull: boolean;
}

export interface TerminalControllerOptions {
  terminalId: string;
  link: TerminalLink;
  screen: TerminalScreen;
  /** Names this page as a writer for life: 8 to 64 characters of [A-Za-z0-9_-], never used by another page. */
  newWriter: () => string;
  /** False for links with the right to watch only: nothing is typed and no size is set. */
  canType: boolean;
  /** The page opened this terminal, so it sets the size from the start. */
  drives: boolean;
  /** The size with which the terminal was opened or listed. */
  cols: number;
  rows: number;
}

export interface TerminalController {
  getState(): TerminalState;
  subscribe(listener: () => void): Unsubscribe;
  /** Attaches now or as soon as there is a connection, and stays attached until `dispose`. */
  attach(): void;
  /** Types text; false when the bound on waiting bytes would be passed (nothing of it is taken). */
  input(text: string): boolean;
  /** The size that fits this page's window; it becomes the PTY's while this page drives. */
  fit(cols: number, rows: number): void;
  /** This page sets the size from now on (it was clicked or typed into). */
  drive(): void;
  /** Sends what waits. */
  confirmWaiting(): void;
  /** Forgets what waits; it is never sent. */
  discardWaiting(): void;
  /** Detaches and forgets; the terminal itself lives on. */
  dispose(): void;
}
