/** A real terminal of a node, as a page holds one; it knows by the shell's marks (OSC 133) when a command ended, and how. */
import { randomBytes } from 'node:crypto';
import { createTerminalChannel, type PlainSocket } from '@drydock/client';
import { WebSocket } from 'ws';
import { EXIT, Failure } from '../../../failure.ts';
import type { LabSession } from '../place/session.ts';
import { createMarkReader, type Mark, plainOutput } from './marks.ts';

/** Wide, so that no line of an expected output is folded. */
const SIZE = { cols: 250, rows: 50 };
/** Output that is kept of one command (characters): an expected output is compared with it. */
const MAX_KEPT = 256 * 1024;
const OPEN_MS = 30_000;
/** News come by events; time itself makes none (ms). */
const LOOK_MS = 250;

/** `busy`: a program runs in front; `prompt`: the shell waits; `exit` is what the last command ended with. */
type Shell = { state: 'starting' | 'prompt' | 'busy'; ended: number; exit: number };

export interface TestTerminal {
  /** Types bytes as they are. */
  type(text: string): void;
  /** Whether the shell waits for a command. */
  isAtPrompt(): boolean;
  /** Types one complete command and waits for its end; undefined where it has none within the time. */
  run(command: string, withinMs: number): Promise<{ exit: number; output: string } | undefined>;
  /** Resolves when nothing came for `quietMs`, or after `mostMs`. */
  quiet(quietMs: number, mostMs: number): Promise<void>;
  close(): void;
}

/** Opens a terminal; resolves at its first prompt. @throws Failure */
export async function openTerminal(session: LabSession, node: string): Promise<TestTerminal> {
  const writer = `lab-test-${randomBytes(6).toString('hex')}`;
  const shell: Shell = { state: 'starting', ended: 0, exit: 0 };
  const decoder = new TextDecoder();
  const readMarks = createMarkReader();
  const waiting = new Set<() => void>();
  let terminalId = '';
  let seq = 0;
  let output = '';
  let lastAt = Date.now();
  const news = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  const channel = createTerminalChannel({
    server: session.origin,
    sessionId: session.id,
    token: session.token,
    openSocket: (url) => new WebSocket(url, { perMessageDeflate: false }) as unknown as PlainSocket,
    onState: news,
    onEvent: news,
    onOutput({ offset, data }) {
      lastAt = Date.now();
      const { whole, marks } = readMarks(decoder.decode(data, { stream: true }));
      for (const mark of marks) onMark(mark);
      output = (output + whole).slice(-MAX_KEPT);
      channel.ack(terminalId, offset + data.byteLength);
      news();
    },
  });

  function onMark({ letter, exit }: Mark): void {
    if (letter === 'B') shell.state = 'prompt';
    else if (letter === 'C') shell.state = 'busy';
    else if (letter === 'D') {
      shell.ended += 1;
      shell.exit = exit;
    }
  }

  /** Waits until `is` holds; false after the time. */
  async function until(is: () => boolean, withinMs: number): Promise<boolean> {
    const end = Date.now() + withinMs;
    while (!is()) {
      const left = end - Date.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        setTimeout(resolve, Math.min(left, LOOK_MS));
      });
    }
    return true;
  }

  channel.start();
  try {
    await until(() => channel.state() === 'open' || channel.state() === 'fallback', OPEN_MS);
    ({ terminalId } = await channel.call('terminal:open', { node, ...SIZE }));
    if (!(await until(() => shell.state === 'prompt', OPEN_MS)))
      throw new Failure('UNREACHABLE', `No prompt of ${node} within ${OPEN_MS / 1000} s.`, EXIT.unavailable);
  } catch (error) {
    channel.stop();
    throw error instanceof Failure ? error : new Failure('UNREACHABLE', String(error), EXIT.unavailable);
  }

  function type(text: string): void {
    lastAt = Date.now();
    seq += 1;
    const input = { terminalId, writer, seq, data: new TextEncoder().encode(text) };
    // What does not arrive shows by the command that never ends.
    channel.call('terminal:input', input).catch(() => undefined);
  }
  return {
    type,
    isAtPrompt: () => shell.state === 'prompt',
    async run(command, withinMs) {
      const before = shell.ended;
      output = '';
      // Several lines go as one paste, so that the shell reads them as one command.
      type(command.includes('\n') ? `\u001b[200~${command}\u001b[201~\r` : `${command}\r`);
      const isOver = await until(() => shell.ended > before && shell.state === 'prompt', withinMs);
      return isOver ? { exit: shell.exit, output: plainOutput(output) } : undefined;
    },
    async quiet(quietMs, mostMs) {
      await until(() => Date.now() - lastAt >= quietMs, mostMs);
    },
    close: () => channel.stop(),
  };
}
