import type { TerminalEvents, TerminalLink } from '@drydock/client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTerminalController, MAX_OFFLINE_BYTES } from './controller.ts';
import type { TerminalController, TerminalScreen } from './types.ts';

const SIZE = { cols: 80, rows: 24 };
const TERMINAL = 'taaaaaaaaaaaaaaa';

/** A server with one terminal that keeps the rules T-1 to T-12 in memory, and a link to it that can break at any moment. */
class Server {
  log = '';
  typed = '';
  /** Bytes before it are gone. */
  kept = 0;
  size = { ...SIZE };
  readonly calls: string[] = [];
  readonly acks: number[] = [];
  connected = true;
  private seqs = new Map<string, number>();
  private events: TerminalEvents | undefined;
  private listeners: ((connected: boolean) => void)[] = [];
  private connection = 0;
  private viewing = false;

  readonly link: TerminalLink = {
    isConnected: () => this.connected,
    call: ((name: string, request: Record<string, unknown>) => this.call(name, request)) as TerminalLink['call'],
    ack: (_terminalId, offset) => void this.acks.push(offset),
    subscribe: (_terminalId, events) => {
      this.events = events;
      return () => undefined;
    },
    onConnection: (listener) => {
      this.listeners.push(listener);
      return () => undefined;
    },
  };

  private async call(name: string, request: Record<string, unknown>): Promise<unknown> {
    this.calls.push(name);
    const { connection } = this;
    await Promise.resolve();
    if (!this.connected || connection !== this.connection) throw Object.assign(new Error('lost'), { code: 'NETWORK' });
    const answer = this.handle(name, request);
    await Promise.resolve();
    // The answer is lost when the connection broke after the server acted: the interesting case.
    if (connection !== this.connection) throw Object.assign(new Error('lost'), { code: 'NETWORK' });
    return answer;
  }

  private handle(name: string, request: Record<string, unknown>): unknown {
    if (name === 'terminal:attach') return this.attach(request.offset as number);
    if (name === 'terminal:input') return this.input(request as { writer: string; seq: number; data: Uint8Array });
    if (name === 'terminal:resize') {
      this.size = { cols: request.cols as number, rows: request.rows as number };
      this.events?.onSize({ terminalId: TERMINAL, ...this.size });
    }
    return {};
  }

  private attach(offset: number): unknown {
    this.viewing = true;
    const end = this.log.length;
    if (offset < this.kept) return { offset: end, end, screen: `[screen ${end}]`, ...this.size };
    queueMicrotask(() => this.send(offset, this.log.slice(offset, end)));
    return { offset, end, ...this.size };
  }

  private input({ writer, seq, data }: { writer: string; seq: number; data: Uint8Array }): unknown {
    const last = this.seqs.get(writer) ?? 0;
    if (seq > last + 1) {
      throw Object.assign(new Error('gap'), { code: 'INPUT_OUT_OF_ORDER', details: { expected: last + 1 } });
    }
    if (seq === last + 1) {
      this.seqs.set(writer, seq);
      this.typed += new TextDecoder().decode(data);
    }
    return {};
  }

  private send(offset: number, text: string): void {
    if (this.viewing && text !== '')
      this.events?.onOutput({ terminalId: TERMINAL, offset, data: new TextEncoder().encode(text) });
  }

  print(text: string): void {
    const offset = this.log.length;
    this.log += text;
    this.send(offset, text);
  }

  cut(): void {
    this.connected = false;
    this.viewing = false;
    this.connection += 1;
    for (const listener of this.listeners) listener(false);
  }

  heal(): void {
    this.connected = true;
    this.connection += 1;
    for (const listener of this.listeners) listener(true);
  }
}

class Screen implements TerminalScreen {
  text = '';
  muted = true;
  readonly sizes: string[] = [];
  write(text: string, drawn: () => void): void {
    this.text += text;
    drawn();
  }
  linesToLeave(): undefined {
    return undefined;
  }
  isForemost(): boolean {
    return true;
  }
  reset(): void {
    this.text = '';
  }
  resize(cols: number, rows: number): void {
    this.sizes.push(`${cols}x${rows}`);
  }
  onData(): () => void {
    return () => undefined;
  }
  muteQueries(muted: boolean): void {
    this.muted = muted;
  }
}

let server: Server;
let screen: Screen;
let controller: TerminalController;

function start(options: Partial<Parameters<typeof createTerminalController>[0]> = {}): void {
  let writers = 0;
  controller = createTerminalController({
    terminalId: TERMINAL,
    link: server.link,
    screen,
    canType: true,
    drives: true,
    ...SIZE,
    newWriter() {
      writers += 1;
      return `writer-${writers}`;
    },
    ...options,
  });
  controller.attach();
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  screen = new Screen();
});
afterEach(() => {
  controller.dispose();
  vi.useRealTimers();
});

test('T-3, T-10: whatever breaks when, the screen shows every byte once and everything is typed once, in order', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('type' as const),
      text: fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', 'c') }),
    }),
    fc.record({
      kind: fc.constant('print' as const),
      text: fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('x', 'y', 'z') }),
    }),
    fc.record({ kind: fc.constantFrom('cut' as const, 'heal' as const, 'turn' as const, 'settle' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      server = new Server();
      screen = new Screen();
      start();
      let typed = '';
      for (const action of steps) {
        if (action.kind === 'type' && controller.input(action.text)) typed += action.text;
        if (action.kind === 'print') server.print(action.text);
        if (action.kind === 'cut') server.cut();
        if (action.kind === 'heal') server.heal();
        if (action.kind === 'turn') await Promise.resolve();
        if (action.kind === 'settle') await settle(50);
      }
      server.heal();
      await settle(10_000);
      expect(screen.text).toBe(server.log);
      expect(server.typed).toBe(typed);
      controller.dispose();
    }),
    { numRuns: 300 },
  );
});

describe('while offline', () => {
  beforeEach(async () => {
    start();
    await settle();
    server.cut();
  });

  test('T-13: typing waits, is shown, and goes out at once after a short absence', async () => {
    controller.input('ls\r');
    expect(controller.getState().waiting).toEqual({ text: 'ls\r', bytes: 3 });
    await settle(3000);
    server.heal();
    await settle();
    expect(server.typed).toBe('ls\r');
    expect(controller.getState().waiting).toBeNull();
  });

  test('T-13: an Enter is not sent after a long absence until it is confirmed', async () => {
    controller.input('reboot\r');
    await settle(60_000);
    server.heal();
    await settle(1000);
    expect(controller.getState()).toMatchObject({ phase: { kind: 'live' }, askBeforeSending: true });
    expect(server.typed).toBe('');
    controller.confirmWaiting();
    await settle();
    expect(server.typed).toBe('reboot\r');
  });

  test('T-13: what is discarded is never sent, and typing goes on', async () => {
    controller.input('reboot\r');
    await settle(60_000);
    server.heal();
    await settle();
    controller.discardWaiting();
    controller.input('ls\r');
    await settle(10_000);
    expect(server.typed).toBe('ls\r');
  });

  test('T-13: letters without an Enter go out however long it was', async () => {
    controller.input('ls');
    await settle(60_000);
    server.heal();
    await settle();
    expect(server.typed).toBe('ls');
  });

  test('T-13: no more than the bound waits, and the page is told', () => {
    expect(controller.input('x'.repeat(MAX_OFFLINE_BYTES))).toBe(true);
    expect(controller.input('y')).toBe(false);
    expect(controller.getState().inputFull).toBe(true);
  });
});

test('T-5: a screen replaces everything, at the size that goes with it, and output goes on behind it', async () => {
  start();
  server.print('old');
  await settle();
  server.cut();
  server.print('gone');
  server.kept = 7;
  server.size = { cols: 100, rows: 30 };
  server.heal();
  await settle();
  server.print('new');
  expect(screen.text).toBe('[screen 7]new');
  expect(screen.sizes.at(-1)).toBe('100x30');
});

test('T-9: questions are muted in old bytes and for pages that do not drive, and answered by the one that does', async () => {
  server.print('old');
  start();
  expect(screen.muted).toBe(true);
  await settle();
  expect(screen.muted).toBe(false);
  controller.dispose();
  screen = new Screen();
  start({ drives: false });
  await settle();
  expect(screen.muted).toBe(true);
  controller.drive();
  expect(screen.muted).toBe(false);
});

test('T-7: another page’s size takes the drive away; typing takes it back and sets the size first', async () => {
  start();
  await settle();
  server.size = { cols: 60, rows: 20 };
  server.link.call('terminal:resize', { terminalId: TERMINAL, cols: 60, rows: 20 }).catch(() => undefined);
  await settle();
  expect(controller.getState()).toMatchObject({ driving: false, cols: 60, rows: 20 });
  server.calls.length = 0;
  controller.input('x');
  await settle();
  expect(server.calls.slice(0, 2)).toEqual(['terminal:resize', 'terminal:input']);
  expect(controller.getState()).toMatchObject({ driving: true, cols: 80, rows: 24 });
});

test('a page that may only watch types nothing and sets no size', async () => {
  start({ canType: false });
  await settle();
  controller.fit(100, 50);
  expect(controller.input('x')).toBe(false);
  await settle();
  expect(server.calls).toEqual(['terminal:attach']);
});

test('T-6: what is drawn is acknowledged: a small echo a little later, a flood at once', async () => {
  start();
  await settle();
  server.print('k');
  await settle(900);
  expect(server.acks).toEqual([]);
  await settle(150);
  expect(server.acks).toEqual([1]);
  server.print('x'.repeat(64 * 1024));
  expect(server.acks).toEqual([1, 1 + 64 * 1024]);
});

test('T-14: a large paste goes in pieces, with a bound on what is under way', async () => {
  start();
  await settle();
  const paste = 'p'.repeat(300_000);
  server.calls.length = 0;
  expect(controller.input(paste)).toBe(true);
  expect(server.calls.length).toBe(4);
  await settle(5000);
  expect(server.typed).toBe(paste);
});

test('a terminal that does not exist any more is not asked for again', async () => {
  start({
    link: { ...server.link, call: () => Promise.reject(Object.assign(new Error(), { code: 'TERMINAL_NOT_FOUND' })) },
  });
  await settle(60_000);
  expect(controller.getState().phase).toEqual({ kind: 'gone', code: 'TERMINAL_NOT_FOUND' });
});
