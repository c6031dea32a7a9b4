/** Which commands ran in a terminal and what each wrote, from the marks that a node's shell sets (OSC 133 A, B, C, D). */
import type { IBufferLine, IMarker, Terminal } from '@xterm/xterm';

/** Commands that are remembered for one terminal; the oldest are forgotten first. */
export const MAX_COMMANDS = 500;

/** Of a mark, this much is read (characters): a letter and an exit code. A program may say ten million. */
const MAX_MARK = 64;

/** What of xterm is needed; its headless twin has it too. */
export type MarkedTerminal = Pick<Terminal, 'buffer' | 'parser' | 'registerMarker'>;

export interface ShellCommand {
  /** Counts up from 1 over the terminal's life on this page. */
  id: number;
  /** As it was typed. */
  command: string;
  /** Undefined while it runs. */
  exitCode: number | undefined;
}

export interface CommandOutput {
  lines: string[];
  /** The beginning has left the scrollback. */
  isCut: boolean;
}

/** What has the terminal: the shell's prompt, a command, or what the marks do not tell (they left the scrollback, or the shell sets none). */
export type Foreground = { kind: 'prompt' } | { kind: 'command'; command: string } | { kind: 'unknown' };

export interface ShellCommands {
  foreground(): Foreground;
  /** Prompts that the shell has shown on this page so far: one more than before means that what was typed has ended. */
  prompts(): number;
  /** Calls `listener` whenever the foreground changes; returns how to stop that. */
  onForeground(listener: () => void): () => void;
  /** Those whose lines are still in the scrollback, the oldest first. */
  list(): ShellCommand[];
  /** What a command wrote so far; undefined when nothing of it is left. */
  output(id: number): CommandOutput | undefined;
  /** The terminal was reset: nothing of before is left. */
  reset(): void;
  dispose(): void;
}

interface Run extends ShellCommand {
  start: IMarker;
  end: IMarker | undefined;
}

/** Lines `from` to `to` (exclusive) as text; what xterm wrapped is one line again. */
function linesOf(line: (y: number) => IBufferLine | undefined, from: number, to: number, column = 0): string[] {
  const lines: string[] = [];
  for (let y = from; y < to; y += 1) {
    const row = line(y);
    if (row === undefined) break;
    const next = line(y + 1);
    const isWrapped = next?.isWrapped === true && y + 1 < to;
    const text = row.translateToString(!isWrapped, y === from ? column : 0);
    if (y > from && row.isWrapped) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
  }
  return lines;
}

/** Begins to follow a terminal's marks. */
export function followShellCommands(terminal: MarkedTerminal): ShellCommands {
  // Asked for anew each time: a reset replaces the buffer.
  const lineAt = (y: number) => terminal.buffer.normal.getLine(y);
  let runs: Run[] = [];
  let nextId = 1;
  /** Where the line that is being typed begins. */
  let typing: { marker: IMarker; column: number } | undefined;
  let running: Run | undefined;
  let foreground: Foreground = { kind: 'unknown' };
  let prompts = 0;
  /** The shell is about to show another prompt. Without that it draws the one that is there once more, as after a change of size. */
  let isPromptDue = true;
  const listeners = new Set<() => void>();

  function publish(): void {
    for (const listener of [...listeners]) listener();
  }

  /** The first line below the cursor's text: a cursor at the left edge stands below what was written. */
  function below(): number {
    const { normal } = terminal.buffer;
    return normal.baseY + normal.cursorY + (normal.cursorX === 0 ? 0 : 1);
  }

  function began(): void {
    const from = typing;
    typing = undefined;
    foreground = { kind: 'unknown' };
    if (from === undefined || from.marker.isDisposed) return;
    const command = linesOf(lineAt, from.marker.line, below(), from.column).join('\n').trim();
    foreground = { kind: 'command', command };
    from.marker.dispose();
    const start = terminal.registerMarker(0);
    if (start === undefined) return;
    running = { id: nextId, command, exitCode: undefined, start, end: undefined };
    nextId += 1;
    runs.push(running);
    if (runs.length > MAX_COMMANDS) forget(runs.shift());
  }

  function ended(code: string | undefined): void {
    if (running === undefined) return;
    running.exitCode = Number.parseInt(code ?? '', 10) || 0;
    // A prompt that does not begin at the left edge leaves the last line with it.
    running.end = terminal.registerMarker(terminal.buffer.normal.cursorX === 0 ? 0 : 1);
    running = undefined;
  }

  function forget(run: Run | undefined): void {
    run?.start.dispose();
    run?.end?.dispose();
  }

  function prune(): void {
    // Lines that leave the scrollback take their marks along.
    const isLeft = (run: Run) =>
      !run.start.isDisposed || (run.end !== undefined && !run.end.isDisposed) || run === running;
    runs = runs.filter(isLeft);
  }

  function reset(): void {
    for (const run of runs) forget(run);
    runs = [];
    running = undefined;
    typing?.marker.dispose();
    typing = undefined;
    // What runs goes on: `reset` is a command itself.
    if (foreground.kind === 'prompt') foreground = { kind: 'unknown' };
  }

  const handler = terminal.parser.registerOscHandler(133, (data) => {
    const [mark, code] = data.slice(0, MAX_MARK).split(';');
    if (terminal.buffer.active.type !== 'normal') return true;
    if (mark === 'B') {
      foreground = { kind: 'prompt' };
      if (isPromptDue) prompts += 1;
      isPromptDue = false;
      typing?.marker.dispose();
      const marker = terminal.registerMarker(0);
      typing = marker === undefined ? undefined : { marker, column: terminal.buffer.normal.cursorX };
    } else if (mark === 'C') began();
    else if (mark === 'D') ended(code);
    if (mark === 'C' || mark === 'D') isPromptDue = true;
    publish();
    return true;
  });

  // `reset` of a shell: xterm makes new buffers and lets the old marks stand where nothing is.
  const onFullReset = terminal.parser.registerEscHandler({ final: 'c' }, () => {
    reset();
    return false;
  });

  return {
    foreground: () => foreground,
    prompts: () => prompts,
    onForeground(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list() {
      prune();
      return runs.map(({ id, command, exitCode }) => ({ id, command, exitCode }));
    },
    output(id) {
      const run = runs.find((candidate) => candidate.id === id);
      if (run === undefined) return undefined;
      const isCut = run.start.isDisposed;
      const to = run.end === undefined || run.end.isDisposed ? below() : run.end.line;
      const lines = linesOf(lineAt, isCut ? 0 : run.start.line, to);
      while (lines.at(-1) === '') lines.pop();
      return { lines, isCut };
    },
    reset,
    dispose() {
      handler.dispose();
      onFullReset.dispose();
      reset();
    },
  };
}
