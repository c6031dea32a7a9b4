/** A real terminal of a node, as a page holds one; it knows by the shell's marks (OSC 133) when a command ended, and how. */
import { randomBytes } from 'node:crypto';
import { decodeTerminalFrame, encodeTerminalFrame, TERMINAL_SOCKET_PATH } from '@drydock/protocol';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { EXIT, Failure } from '../../../failure.ts';
import { createMarkReader, type Mark, plainOutput } from './marks.ts';
import type { TestSession } from './session.ts';

/** Wide, so that no line of an expected output is folded. */
const SIZE = { cols: 250, rows: 50 };
/** Output that is kept of one command (characters): an expected output is compared with it. */
const MAX_KEPT = 256 * 1024;
const OPEN_MS = 30_000;
const textSchema = z.object({
  call: z.number().optional(),
  answer: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  event: z.string().optional(),
});
const openedSchema = z.object({ terminalId: z.string() });

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
export async function openTerminal(session: TestSession, node: string): Promise<TestTerminal> {
  const origin = session.origin.replace(/^http/, 'ws');
  const socket = new WebSocket(`${origin}${TERMINAL_SOCKET_PATH}`, { perMessageDeflate: false });
  const writer = `lab-test-${randomBytes(6).toString('hex')}`;
  const shell: Shell = { state: 'starting', ended: 0, exit: 0 };
  const decoder = new TextDecoder();
  let terminalId = '';
  const nextCall = counter();
  const nextSeq = counter();
  let output = '';
  const readMarks = createMarkReader();
  let lastAt = Date.now();
  let changed = deferred();
  const news = () => {
    changed.resolve();
    changed = deferred();
  };

  function onOutput(text: string): void {
    lastAt = Date.now();
    const { whole, marks } = readMarks(text);
    for (const mark of marks) onMark(mark);
    output = (output + whole).slice(-MAX_KEPT);
    news();
  }

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
      await Promise.race([changed.promise, sleep(Math.min(left, 250))]);
    }
    return true;
  }

  const opened = deferred();
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      const frame = decodeTerminalFrame(data);
      if (frame?.kind !== 'output') return;
      const { offset, data: bytes } = frame.output;
      onOutput(decoder.decode(bytes, { stream: true }));
      socket.send(encodeTerminalFrame({ kind: 'ack', ack: { terminalId, offset: offset + bytes.byteLength } }));
      return;
    }
    const message = textSchema.parse(JSON.parse(String(data)));
    if (message.error !== undefined)
      opened.reject(new Failure('BAD_ANSWER', `${message.error.code}: ${message.error.message}`, EXIT.unavailable));
    const answer = openedSchema.safeParse(message.answer).data;
    if (answer !== undefined && terminalId === '') {
      terminalId = answer.terminalId;
      opened.resolve();
    }
  });
  socket.on('error', (error) => opened.reject(new Failure('UNREACHABLE', error.message, EXIT.unavailable)));
  socket.once('open', () => {
    socket.send(JSON.stringify({ sessionId: session.id, token: session.token }));
    socket.send(JSON.stringify({ call: nextCall(), name: 'terminal:open', request: { node, ...SIZE } }));
  });
  const late = setTimeout(
    () =>
      opened.reject(new Failure('UNREACHABLE', `No terminal of ${node} within ${OPEN_MS / 1000} s.`, EXIT.unavailable)),
    OPEN_MS,
  );
  try {
    await opened.promise;
    await until(() => shell.state === 'prompt', OPEN_MS);
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearTimeout(late);
  }

  const type = (text: string) => {
    lastAt = Date.now();
    const input = { terminalId, writer, seq: nextSeq(), data: new TextEncoder().encode(text) };
    socket.send(encodeTerminalFrame({ kind: 'input', call: nextCall(), input }));
  };
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
    close: () => socket.close(),
  };
}

/** Counts from 1. */
function counter(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

type Deferred = { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void };

function deferred(): Deferred {
  const made: Partial<Deferred> = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(made, { resolve, reject }));
  // Nobody may be waiting any more when it fails.
  promise.catch(() => undefined);
  return { ...made, promise } as Deferred;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
