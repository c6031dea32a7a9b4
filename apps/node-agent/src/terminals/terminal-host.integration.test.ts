import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrydockError, MAX_TERMINALS_PER_NODE, TERMINAL_LOG_BYTES, TERMINAL_WINDOW_BYTES } from '@drydock/protocol';
import { createLogger, encodeFrame } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTerminalClient, type TerminalClient } from './terminal-client.ts';
import { startTerminalHost, type TerminalHost } from './terminal-host.ts';

const logger = createLogger('test', 'silent');
const NODE = { sessionId: 'abcdefgh', node: 'node1' };
const T = 'taaaaaaaaaaaaaaa';
const V = (letter: string) => `v${letter.repeat(15)}`;

/** The last bytes of a window are not worth a message of their own. */
const NEARLY_A_WINDOW = TERMINAL_WINDOW_BYTES - 16 * 1024;

let directory: string;
let host: TerminalHost;
let command: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dd-terminals-'));
  command = ['/bin/bash', '--norc', '--noprofile'];
  host = await startTerminalHost({
    socketPath: join(directory, 'socket'),
    logger,
    commandFor: () => ({
      file: command[0] as string,
      args: command.slice(1),
      env: { PS1: '$ ', TERM: 'dumb', PATH: '/usr/bin:/bin' },
    }),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await host.close();
  await rm(directory, { recursive: true });
});

const clients: Watcher[] = [];

/** A client that notes what each viewer is sent and, unless told otherwise, acknowledges it at once. */
class Watcher {
  readonly bytes = new Map<string, Buffer[]>();
  readonly next = new Map<string, number>();
  readonly log: string[] = [];
  readonly silent = new Set<string>();
  readonly client: TerminalClient;
  private readonly seqs = new Map<string, number>();

  constructor() {
    this.client = createTerminalClient(join(directory, 'socket'), logger, {
      onOutput: ({ viewerId, offset, data }) => {
        const expected = this.next.get(viewerId);
        if (expected !== undefined && expected !== offset) this.log.push(`hole at ${expected}: ${offset}`);
        this.next.set(viewerId, offset + data.byteLength);
        this.chunksOf(viewerId).push(Buffer.from(data));
        if (!this.silent.has(viewerId)) this.client.ack({ viewerId, offset: offset + data.byteLength });
      },
      onScreen: ({ viewerId, offset, screen }) => {
        this.log.push(`screen ${viewerId}`);
        this.next.set(viewerId, offset);
        this.bytes.set(viewerId, [Buffer.from(screen)]);
        if (!this.silent.has(viewerId)) this.client.ack({ viewerId, offset });
      },
      onSize: ({ viewerId, cols, rows, offset }) => void this.log.push(`size ${viewerId} ${cols}x${rows} at ${offset}`),
      onExit: ({ viewerId, exitCode, signal }) =>
        void this.log.push(`exit ${viewerId ?? 'forgotten'} ${exitCode} ${signal ?? ''}`.trim()),
    });
    clients.push(this);
  }

  close = () => this.client.close();

  async open(terminalId = T, viewerId = V('a')): Promise<void> {
    await this.client.ready();
    await this.client.call('terminal.open', { ...NODE, terminalId, cols: 80, rows: 24 });
    await this.attach(viewerId, 0, terminalId);
  }

  async attach(viewerId: string, offset = 0, terminalId = T) {
    this.next.delete(viewerId);
    const answer = await this.client.call('terminal.attach', { terminalId, viewerId, offset });
    if (!this.next.has(viewerId)) this.next.set(viewerId, answer.offset);
    return answer;
  }

  async type(text: string, terminalId = T, writer = 'writer-one'): Promise<void> {
    const seq = (this.seqs.get(writer) ?? 0) + 1;
    this.seqs.set(writer, seq);
    await this.client.call('terminal.input', { terminalId, writer, seq, data: Buffer.from(text) });
  }

  text(viewerId = V('a')): string {
    return Buffer.concat(this.bytes.get(viewerId) ?? []).toString();
  }

  private chunksOf(viewerId: string): Buffer[] {
    const chunks = this.bytes.get(viewerId) ?? [];
    this.bytes.set(viewerId, chunks);
    return chunks;
  }

  async sees(what: string | RegExp, viewerId = V('a'), ms = 15_000): Promise<void> {
    // Of a flood only what is new is looked at, with some chunks before it: this process also is the terminal host.
    let looked = 0;
    const isThere = () => {
      const chunks = this.chunksOf(viewerId);
      if (chunks.length < looked) looked = 0;
      const fresh = Buffer.concat(chunks.slice(Math.max(0, looked - 3))).toString();
      looked = chunks.length;
      return fresh.match(what) !== null || this.log.some((line) => line.match(what) !== null);
    };
    await until(isThere, ms, () => `${what} in ${this.text(viewerId).slice(-300)}`);
  }
}

async function until(condition: () => boolean, ms = 8000, what: () => string = () => 'a condition'): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof DrydockError ? error.code : String(error)),
  );

describe('a terminal', () => {
  test('types into a shell and sends back what it writes', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('echo $((6*7)); tty\r');
    await watcher.sees(/42\r\n\/dev\/pts\/\d+/);
    expect(watcher.log).toEqual([]);
  });

  test('T-10: types the same number once, refuses a gap, and repeats the answer of a repetition', async () => {
    const watcher = new Watcher();
    await watcher.open();
    const input = (seq: number, text: string) =>
      watcher.client.call('terminal.input', { terminalId: T, writer: 'writer-one', seq, data: Buffer.from(text) });
    await Promise.all([input(1, 'echo a'), input(2, 'b'), input(2, 'b'), input(1, 'echo a'), input(3, 'c\r')]);
    await watcher.sees('abc\r\n');
    await expect(input(5, 'x')).rejects.toMatchObject({ code: 'INPUT_OUT_OF_ORDER', details: { expected: 4 } });
    await input(2, 'never');
    await input(4, 'echo end\r');
    await watcher.sees('\r\nend\r\n');
    expect(watcher.text()).not.toContain('never');
  });

  test('T-10: a repetition over another connection is not typed', async () => {
    const first = new Watcher();
    await first.open();
    await first.type('echo once >> $TMPDIR/x; echo $?\r');
    first.close();
    const second = new Watcher();
    await second.client.ready();
    await second.attach(V('b'));
    await second.type('echo once >> $TMPDIR/x; echo $?\r');
    await second.type('echo done\r');
    await second.sees('\r\ndone\r\n', V('b'));
    expect(second.text(V('b')).match(/echo once/g)?.length).toBe(1);
  });

  test('T-8: its viewers get all output before its end, with code or signal, and late comers too', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('seq 1 20000; exit 7\r');
    await watcher.sees(`exit ${V('a')} 7`);
    expect(watcher.text()).toContain('\r\n20000\r\n');
    await watcher.attach(V('b'));
    await watcher.sees(`exit ${V('b')} 7`, V('b'));
    expect(watcher.text(V('b'))).toBe(watcher.text());
    expect(await codeOf(watcher.type('late\r'))).toBe('TERMINAL_NOT_FOUND');
  });

  test('T-8: output is not lost when the shell ends while its only viewer does not read', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('a'));
    await watcher.open();
    await watcher.type('exec seq 1 60000\r');
    await until(() => (watcher.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    // Longer than node-pty's own patience with a terminal that is not read.
    await new Promise((resolve) => setTimeout(resolve, 500));
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('a'), offset: watcher.next.get(V('a')) as number });
    await watcher.sees(`exit ${V('a')} 0`);
    expect(watcher.text()).toContain('\r\n59999\r\n60000\r\n');
    expect(watcher.log).toEqual([`exit ${V('a')} 0`]);
  });

  test('tells the signal that ended it', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('kill -9 $$\r');
    await watcher.sees(/exit v\S+ 0 SIGKILL/);
  });

  test('closing it ends its shell, even one that ignores hangups, and forgets it', async () => {
    const watcher = new Watcher();
    command = ['/bin/bash', '-c', 'trap "" HUP; echo ready; while :; do sleep 0.1; done'];
    await watcher.open();
    await watcher.sees('ready');
    await watcher.client.call('terminal.close', { terminalId: T });
    expect(host.registry.list()).toEqual([]);
    await watcher.sees(/exit forgotten/);
    expect(await codeOf(watcher.attach(V('b')))).toBe('TERMINAL_NOT_FOUND');
  });

  test('a paste into a program that does not read waits, is bounded, and does not stop others', async () => {
    const watcher = new Watcher();
    command = ['/bin/sh', '-c', 'stty raw -echo; echo ready; sleep 1.5; exec cat >/dev/null'];
    await watcher.open();
    await watcher.sees('ready');
    const piece = 'x'.repeat(64 * 1024);
    const sent = Array.from({ length: 6 }, () => codeOf(watcher.type(piece)));
    expect(await Promise.race(sent)).toBe('RATE_LIMITED');
    const results = await Promise.all(sent);
    expect(results.filter((result) => result === 'no error').length).toBeGreaterThanOrEqual(4);
  });

  test('a size reaches the program and every viewer in its place', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.attach(V('b'));
    await watcher.client.call('terminal.resize', { terminalId: T, cols: 101, rows: 33 });
    await watcher.type('stty size\r');
    await watcher.sees('33 101');
    await watcher.sees('33 101', V('b'));
    expect(watcher.log.filter((line) => line.includes('101x33')).length).toBe(2);
  });
});

describe('flow control', () => {
  test('T-6: with its only viewer a window behind the program waits, and loses nothing', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('a'));
    command = ['/bin/bash', '-c', 'seq 1 200000; echo the end'];
    await watcher.open();
    await until(() => (watcher.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = watcher.next.get(V('a')) as number;
    expect(stopped).toBeLessThanOrEqual(TERMINAL_WINDOW_BYTES);
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('a'), offset: stopped });
    await watcher.sees('the end');
    const numbers = watcher.text().split('\r\n').slice(0, 200_000);
    expect(numbers.every((line, index) => line === String(index + 1))).toBe(true);
    expect(watcher.log.filter((line) => !line.startsWith('exit'))).toEqual([]);
  });

  test('T-6: without a viewer the program runs freely and the log keeps its end', async () => {
    const watcher = new Watcher();
    const done = join(directory, 'done');
    command = ['/bin/bash', '-c', `seq 1 500000; echo the end; touch ${done}; sleep 60`];
    await watcher.client.ready();
    await watcher.client.call('terminal.open', { ...NODE, terminalId: T, cols: 80, rows: 24 });
    await until(() => existsSync(done), 15_000);
    // The program's last bytes may still be on their way out of the PTY.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answer = await watcher.attach(V('a'), 0);
    expect(answer.offset).toBeGreaterThan(3_000_000);
    expect(answer.screen).toContain('the end');
    expect(answer.screen).toContain('499500');
    const exact = await watcher.attach(V('b'), answer.offset - TERMINAL_LOG_BYTES + 1);
    expect(exact.screen).toBeUndefined();
    await watcher.sees('the end', V('b'));
  });

  test('T-6: a viewer whose connection breaks in a flood misses nothing when it comes back', async () => {
    const watcher = new Watcher();
    command = ['/bin/bash', '-c', 'seq 1 600000; echo the end; sleep 60'];
    await watcher.open();
    await watcher.sees('\r\n2000\r\n');
    watcher.close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const again = new Watcher();
    await again.client.ready();
    const answer = await again.attach(V('b'), watcher.next.get(V('a')));
    expect(answer.screen).toBeUndefined();
    await again.sees('the end', V('b'), 30_000);
    const lines = (watcher.text() + again.text(V('b'))).split('\r\n');
    expect(lines.slice(0, 600_000).every((line, index) => line === String(index + 1))).toBe(true);
  }, 60_000);

  test('T-6: a viewer that stalls beside another one gets a screen later and delays nobody', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('b'));
    await watcher.open();
    await watcher.attach(V('b'));
    await watcher.type('seq 1 400000; echo the "end"\r');
    await watcher.sees('the end');
    const behind = watcher.next.get(V('b')) as number;
    expect(behind).toBeLessThanOrEqual(TERMINAL_WINDOW_BYTES);
    expect(behind).toBeGreaterThanOrEqual(NEARLY_A_WINDOW);
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('b'), offset: behind });
    await watcher.sees(`screen ${V('b')}`);
    await watcher.sees('the end', V('b'));
    expect(watcher.log.filter((line) => line.startsWith('hole'))).toEqual([]);
    await watcher.type('echo go on\r');
    await watcher.sees('go on\r\n', V('b'));
  });

  /** The median (ms) from a line typed into the second terminal to its answer. */
  async function medianEcho(watcher: Watcher): Promise<number> {
    const waits: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const started = performance.now();
      const word = `m${Math.random().toString(36).slice(2)}m`;
      await watcher.type(`echo ${word}\r`, 'tbbbbbbbbbbbbbbb', 'writer-two');
      await watcher.sees(`\n${word}\r\n`, V('b'));
      waits.push(performance.now() - started);
    }
    return waits.sort((a, b) => a - b)[15] as number;
  }

  test('others are answered at once while one terminal floods', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.open('tbbbbbbbbbbbbbbb', V('b'));
    const quiet = await medianEcho(watcher);
    await watcher.type('yes\r');
    await watcher.sees('y\r\ny\r\n');
    expect(await medianEcho(watcher)).toBeLessThan(10 * quiet);
    await watcher.type('\x03');
  });
});

describe('the socket', () => {
  test('is for root alone', async () => {
    expect((await stat(join(directory, 'socket'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a frame that is too large', () => [Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]],
    ['a header longer than its frame', () => [Buffer.from([1, 0, 0, 0, 2, 0, 0, 0, 1])]],
    ['a header that is not JSON', () => [Buffer.from([1, 0, 0, 0, 1, 0, 0, 0, 0x7b])]],
    ['a message of no known form', () => encodeFrame({ hello: 1 })],
  ])('closes after %s', async (_name, frame) => {
    const socket = connect(join(directory, 'socket'));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    for (const part of frame()) socket.write(part);
    await closed;
    const watcher = new Watcher();
    await watcher.open();
  });

  test('refuses what has not the right form with BAD_REQUEST and goes on', async () => {
    const watcher = new Watcher();
    await watcher.open();
    expect(await codeOf(watcher.client.call('terminal.resize', { terminalId: T, cols: 1, rows: 24 }))).toBe(
      'BAD_REQUEST',
    );
    expect(
      await codeOf(watcher.client.call('terminal.attach', { terminalId: '../../x', viewerId: V('b'), offset: 0 })),
    ).toBe('BAD_REQUEST');
    expect(await codeOf(watcher.type('x'.repeat(65 * 1024)))).toBe('BAD_REQUEST');
    expect(await codeOf(watcher.attach(V('b'), 0, 'tzzzzzzzzzzzzzzz'))).toBe('TERMINAL_NOT_FOUND');
    await watcher.client.call('terminal.input', {
      terminalId: T,
      writer: 'writer-two',
      seq: 1,
      data: Buffer.from('echo fine\r'),
    });
    await watcher.sees('\r\nfine\r\n');
  });

  test('a node has at most so many terminals, and closing the node ends them all', async () => {
    const watcher = new Watcher();
    await watcher.client.ready();
    command = ['/bin/cat'];
    const open = (i: number) =>
      watcher.client.call('terminal.open', {
        ...NODE,
        terminalId: `t${String.fromCharCode(97 + (i % 26)).repeat(14)}${i < 26 ? 'a' : 'b'}`,
        cols: 80,
        rows: 24,
      });
    for (let i = 0; i < MAX_TERMINALS_PER_NODE; i += 1) await open(i);
    expect(await codeOf(open(MAX_TERMINALS_PER_NODE))).toBe('TERMINAL_LIMIT');
    await open(3);
    await watcher.client.call('node.close', NODE);
    expect(host.registry.list()).toEqual([]);
  });

  test('the viewers of an agent that went away do not hold a program back', async () => {
    const gone = new Watcher();
    gone.silent.add(V('a'));
    command = ['/bin/bash', '-c', 'seq 1 200000; echo the end; sleep 60'];
    await gone.open();
    await until(() => (gone.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    gone.close();
    const watcher = new Watcher();
    await watcher.client.ready();
    await watcher.attach(V('b'));
    await watcher.sees('the end', V('b'));
  });
});
