/**
 * A page's terminal over the whole path: this page's own client, a network that drops and delays, the real manager, agent link
 * and terminal host as processes, and a shell. The screen is xterm's headless twin.
 */
import headless from '@xterm/headless';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BadLink, startBadLink } from '../../../../e2e/terminals/bad-link.ts';
import { until } from '../../../../e2e/terminals/processes.ts';
import { startTerminalStack, type TerminalStack } from '../../../../e2e/terminals/terminal-stack.ts';
import { createLabClient, type LabClient } from './lab-client.ts';
import { createLabStore } from './lab-store.ts';
import { createTerminalController } from './terminal-controller.ts';
import { createTerminalLink } from './terminal-link.ts';
import { muteTerminalQueries } from './terminal-queries.ts';
import type { TerminalController, TerminalLink, TerminalScreen } from './terminal-types.ts';

const SIZE = { cols: 160, rows: 50 };

let stack: TerminalStack;
let link: BadLink;
const pages: Page[] = [];

beforeAll(async () => {
  stack = await startTerminalStack();
}, 120_000);
afterAll(() => stack?.stop());
afterEach(async () => {
  calm();
  for (const page of pages.splice(0)) page.close();
  await link?.close();
});

/** One browser tab: its connection and one terminal's screen. */
class Page {
  readonly client: LabClient;
  readonly link: TerminalLink;
  readonly screen: headless.Terminal;
  /** All that was handed to the screen since its last reset. */
  text = '';
  resets = 0;
  drawing = true;
  private readonly undrawn: (() => void)[] = [];
  controller!: TerminalController;
  terminalId = '';

  constructor(
    readonly session: { sessionId: string; token: string },
    scrollback = 200_000,
    port = link.port,
  ) {
    this.client = createLabClient({
      store: createLabStore(),
      origin: `http://127.0.0.1:${port}`,
      sessionId: session.sessionId,
      token: session.token,
    });
    this.link = createTerminalLink(this.client);
    this.screen = new headless.Terminal({ ...SIZE, scrollback, allowProposedApi: true, logLevel: 'off' });
    pages.push(this);
    this.client.start();
  }

  async connected(): Promise<void> {
    await until(() => this.link.isConnected(), 'a connection');
  }

  async open(): Promise<void> {
    await this.connected();
    const { terminalId } = await this.client.call('terminal:open', { node: 'node1', ...SIZE });
    this.attach(terminalId, true);
    await this.sees('node1:');
  }

  attach(terminalId: string, drives = false, canType = true): void {
    this.terminalId = terminalId;
    let muted = true;
    muteTerminalQueries(this.screen.parser, () => muted);
    const screen: TerminalScreen = {
      write: (text, drawn) => {
        this.text += text;
        this.screen.write(text, () => {
          if (this.drawing) drawn();
          else this.undrawn.push(drawn);
        });
      },
      reset: () => {
        this.screen.reset();
        this.text = '';
        this.resets += 1;
      },
      resize: (cols, rows) => this.screen.resize(cols, rows),
      onData: (listener) => {
        const subscription = this.screen.onData(listener);
        return () => subscription.dispose();
      },
      muteQueries: (next) => {
        muted = next;
      },
    };
    this.controller = createTerminalController({
      terminalId,
      link: this.link,
      screen,
      newWriter: () => `writer-${Math.random().toString(36).slice(2)}`,
      canType,
      drives,
      ...SIZE,
    });
    this.controller.attach();
  }

  /** Stops and goes on with drawing: what is not drawn is not acknowledged. */
  draw(on: boolean): void {
    this.drawing = on;
    if (on) for (const drawn of this.undrawn.splice(0)) drawn();
  }

  type(text: string): void {
    expect(this.controller.input(text)).toBe(true);
  }

  async sees(what: string, ms = 30_000): Promise<void> {
    await until(
      () => this.text.includes(what),
      () => `${JSON.stringify(what)} at the end of ${JSON.stringify(this.text.slice(-500))}`,
      ms,
    );
  }

  async drawn(): Promise<void> {
    await new Promise<void>((done) => this.screen.write('', done));
  }

  /** Every line of the screen and its scrollback, without empty ends. */
  lines(): string[] {
    const { active } = this.screen.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  close(): void {
    this.controller?.dispose();
    this.client.dispose();
  }
}

let disturbance: ReturnType<typeof setTimeout> | undefined;

/** Cuts the link at random moments until `calm`. */
function disturb(everyMs: number): void {
  const pause = everyMs * (0.5 + Math.random());
  disturbance = setTimeout(() => {
    link.cut();
    disturb(everyMs);
  }, pause);
}

function calm(): void {
  clearTimeout(disturbance);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function openPage(scrollback?: number): Promise<Page> {
  link = await startBadLink(stack.port);
  const page = new Page(await stack.createSession(), scrollback);
  await page.open();
  return page;
}

describe('typing', () => {
  test('T-10: 100,000 keystrokes over a link that drops and delays are typed once each, in order', async () => {
    const page = await openPage();
    // The shell ends lines itself, so that no line editor's own bounds come in between.
    page.type('stty -echo -icanon min 1; echo "ready"; head -c 100000 | sha256sum; stty sane\r');
    await page.sees('ready\r\n');
    link.delayMs = 15;
    disturb(700);
    const letters = Array.from({ length: 100_000 }, (_, i) => String.fromCharCode(33 + ((i * 7919 + (i >> 5)) % 94)));
    for (const [index, letter] of letters.entries()) {
      while (!page.controller.input(letter)) await wait(20);
      // Bursts and pauses of all sizes, as hands and held keys make them.
      if (index % 7 === 0) await wait(Math.random() < 0.02 ? 30 : 0);
      // The hint of an outage is confirmed as a user would.
      if (page.controller.getState().askBeforeSending) page.controller.confirmWaiting();
    }
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(letters.join('')));
    await until(
      () => page.text.includes(Buffer.from(digest).toString('hex')),
      () =>
        `the digest ${JSON.stringify(page.controller.getState())} ${link.cuts()} ${JSON.stringify(page.text.slice(-300))}`,
      60_000,
    );
    calm();
    expect(link.cuts()).toBeGreaterThan(10);
  }, 400_000);

  test('T-10: what is typed while the agent and the manager are killed arrives once', async () => {
    const page = await openPage();
    page.type('stty -echo -icanon min 1; echo "ready"; head -c 4000 | sha256sum; stty sane\r');
    await page.sees('ready\r\n');
    let sent = '';
    const typeSome = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        const letter = String.fromCharCode(33 + (sent.length % 94));
        while (!page.controller.input(letter)) await wait(20);
        sent += letter;
        if (i % 10 === 0) await wait(1);
      }
    };
    await typeSome(1000);
    await stack.agent.kill();
    await typeSome(1000);
    stack.agent.start();
    await typeSome(500);
    await stack.manager.kill();
    await typeSome(500);
    stack.manager.start();
    await typeSome(1000);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sent));
    await page.sees(Buffer.from(digest).toString('hex'), 90_000);
  }, 200_000);

  test('T-13: an Enter that waited for long is not sent without asking', async () => {
    const page = await openPage();
    link.freeze();
    link.cut();
    await until(() => page.controller.getState().phase.kind !== 'live', 'the break');
    page.type('echo do"ne"\r');
    expect(page.controller.getState().waiting).toEqual({ text: 'echo do"ne"\r', bytes: 12 });
    expect(page.controller.input('x'.repeat(5000))).toBe(false);
    expect(page.controller.getState().inputFull).toBe(true);
    await wait(10_500);
    link.thaw();
    link.cut();
    await until(() => page.controller.getState().askBeforeSending, 'the question', 30_000);
    await wait(300);
    expect(page.text).not.toContain('done');
    page.controller.confirmWaiting();
    await page.sees('done\r\n');
    expect(page.controller.getState().waiting).toBeNull();
  }, 90_000);

  test('a viewer cannot type, and Ctrl-C is not stuck behind a flood', async () => {
    const page = await openPage(2000);
    page.type('yes\r');
    await until(() => page.text.length > 2_000_000, 'a flood');
    const started = performance.now();
    page.text = '';
    page.type('\x03');
    await page.sees('^C');
    await page.sees('node1:');
    // The bench measures it; here it only must not be seconds.
    expect(performance.now() - started).toBeLessThan(3000);
  }, 60_000);
});

describe('output', () => {
  const feed = (page: Page, command: string) => page.type(`${command}; printf '\\nfini%s\\n' shed\r`);

  test('T-3: ten megabytes of every byte value arrive exactly, over a link that drops', async () => {
    const page = await openPage(1000);
    // Bytes are compared as the socket brings them: a screen would fold what is not UTF-8.
    const got: Uint8Array[] = [];
    let next: number | undefined;
    page.link.subscribe(page.terminalId, {
      onOutput: ({ offset, data }) => {
        next ??= offset;
        if (offset > next) throw new Error(`a hole at ${next}`);
        const fresh = data.subarray(next - offset);
        next += fresh.byteLength;
        got.push(fresh.slice());
      },
      onScreen: () => {
        throw new Error('bytes were left out');
      },
      onSize: () => undefined,
      onExit: () => undefined,
    });
    page.type(
      'stty raw -echo; perl -e \'$|=1; print "<<"; for $k (0..159) { print map { chr(($_*167+($_>>8)*13)%256) } $k*65536..$k*65536+65535 } print ">>"\'; stty sane\r',
    );
    await until(() => got.length > 3, 'the first bytes');
    disturb(500);
    const tail = () => Buffer.concat(got.slice(-4)).toString('latin1');
    await until(
      () => tail().includes('>>'),
      () =>
        `the last byte: at ${next}, ${JSON.stringify(page.controller.getState())}, cuts ${link.cuts()} ${JSON.stringify(tail().slice(-100))}`,
      60_000,
    );
    calm();
    const all = Buffer.concat(got);
    const begin = all.indexOf('<<') + 2;
    const bytes = all.subarray(all.indexOf('<<', begin) === -1 ? begin : all.indexOf('<<', begin) + 2);
    let wrong = 0;
    for (let i = 0; i < 10_485_760; i += 1) if (bytes[i] !== (i * 167 + (i >> 8) * 13) % 256) wrong += 1;
    expect(wrong).toBe(0);
    expect(link.cuts()).toBeGreaterThan(2);
  }, 200_000);

  test('T-4: CJK, emoji and boxes cut at every boundary are drawn like an uninterrupted twin', async () => {
    const sample = '日本語《…》🀄 ┌─┬─┐ 👩‍👩‍👧 é \x1b[31m赤\x1b[0m│';
    const page = await openPage();
    const length = new TextEncoder().encode(sample).length;
    // The program itself cuts its writes at each place in turn, and waits, so that every cut reaches the page.
    const script = `my $s = pack("H*", "${Buffer.from(sample).toString('hex')}"); $| = 1; for my $i (1..${length - 1}) { syswrite STDOUT, substr($s, 0, $i); select(undef, undef, undef, 0.012); syswrite STDOUT, substr($s, $i) . "\\r\\n"; select(undef, undef, undef, 0.012); }`;
    disturb(900);
    feed(page, `perl -e '${script.replaceAll("'", "'\\''")}'`);
    await page.sees('\nfinished\r\n', 60_000);
    calm();
    await page.drawn();
    const twin = new headless.Terminal({ ...SIZE, allowProposedApi: true });
    await new Promise<void>((done) => twin.write(`${sample}\r\n`, done));
    const expected = twin.buffer.active.getLine(0)?.translateToString(true);
    const lines = page.lines();
    const first = lines.indexOf(expected ?? '');
    expect(lines.slice(first, first + length - 1)).toEqual(Array.from({ length: length - 1 }, () => expected));
  }, 120_000);

  test.each([
    ['the agent', () => stack.agent],
    ['the manager', () => stack.manager],
  ])(
    'T-5: %s killed in the middle of a flood leaves the screen of an uninterrupted twin',
    async (_name, victim) => {
      const page = await openPage();
      const command = 'for i in $(seq 1 60); do seq $((i*1000)) $((i*1000+999)); sleep 0.05; done';
      feed(page, command);
      await page.sees('\n9000\r\n');
      await victim().kill();
      await wait(300);
      victim().start();
      await page.sees('\nfinished\r\n', 90_000);
      await page.drawn();
      const lines = page.lines();
      const begin = lines.indexOf('1000');
      expect(lines.slice(begin, begin + 60_000)).toEqual(Array.from({ length: 60_000 }, (_, i) => String(1000 + i)));
      expect(page.resets).toBe(0);
    },
    150_000,
  );

  test('T-5: a page that was away while more was written than is kept gets the screen that a twin has', async () => {
    const page = await openPage(1000);
    const twin = new Page(page.session, 1000, stack.port);
    await twin.connected();
    twin.attach(page.terminalId);
    await twin.sees('node1:');
    link.freeze();
    link.cut();
    feed(twin, "printf '\\033[44mcolour\\033[m\\n'; seq 1 600000; printf '\\033[2;20r\\033[31mred'");
    await twin.sees('finished', 60_000);
    await twin.drawn();
    link.thaw();
    link.cut();
    await until(() => page.controller.getState().phase.kind === 'live' && page.resets === 1, 'the page', 30_000);
    await page.drawn();
    await until(() => page.lines().at(-1) === twin.lines().at(-1), 'the same last line');
    const [mine, theirs] = [page.lines(), twin.lines()];
    const common = Math.min(mine.length, theirs.length, 1000);
    expect(mine.slice(-common)).toEqual(theirs.slice(-common));
    expect(page.screen.buffer.active.cursorY).toBe(twin.screen.buffer.active.cursorY);
  }, 120_000);

  test('T-9: a page that is loaded anew answers no question that was asked before', async () => {
    const page = await openPage();
    page.type(`printf 'a\\033[cb\\033[6nc'; read -rsn 3 -t 2 x; printf 'got%s' "\${#x}" ; stty -echo; cat -v\r`);
    await page.sees('got3');
    await wait(300);
    const before = page.text.length;
    const again = new Page(page.session);
    await again.connected();
    again.attach(page.terminalId);
    await again.sees('got3');
    await wait(500);
    expect(again.text.length).toBeGreaterThanOrEqual(before);
    expect(page.text.length).toBe(before);
  }, 60_000);
});

describe('viewers', () => {
  test('T-6: one that draws nothing delays nobody, and costs a bounded number of bytes', async () => {
    const page = await openPage(1000);
    const stalled = new Page(page.session, 1000);
    await stalled.connected();
    stalled.attach(page.terminalId);
    await stalled.sees('node1:');
    stalled.draw(false);
    page.type('seq 1 300000; echo flood"ed"\r');
    await page.sees('flooded', 60_000);
    expect(stalled.text.length).toBeLessThanOrEqual(256 * 1024 + 4096);
    const waits: number[] = [];
    for (let i = 0; i < 50; i += 1) {
      const started = performance.now();
      page.type(`#k${i};`);
      await page.sees(`#k${i};`);
      waits.push(performance.now() - started);
      page.type('\x15');
    }
    waits.sort((a, b) => a - b);
    expect(waits[25]).toBeLessThan(50);
    stalled.draw(true);
    await until(() => stalled.resets === 1, 'a screen in place of what was missed');
    await until(() => stalled.lines().at(-1) === page.lines().at(-1), 'the same end');
  }, 120_000);

  test('T-7: the one who types sets the size; the others draw at it', async () => {
    const page = await openPage();
    const other = new Page(page.session);
    await other.connected();
    other.attach(page.terminalId);
    await other.sees('node1:');
    page.controller.fit(100, 30);
    await until(() => other.screen.cols === 100 && other.screen.rows === 30, 'the size at the other page');
    other.controller.fit(90, 20);
    await wait(200);
    expect(page.screen.cols).toBe(100);
    other.type('stty size\r');
    await other.sees('20 90');
    await until(() => page.screen.cols === 90 && !page.controller.getState().driving, 'the size at the first page');
    expect(other.controller.getState().driving).toBe(true);
  }, 60_000);

  test('T-8: the end is told with its code, to those who come late too', async () => {
    const page = await openPage();
    page.type('echo last"ly"; exit 3\r');
    await until(() => page.controller.getState().phase.kind === 'exited', 'the end');
    expect(page.controller.getState().phase).toEqual({ kind: 'exited', exitCode: 3 });
    const late = new Page(page.session);
    await late.connected();
    late.attach(page.terminalId);
    await until(() => late.controller.getState().phase.kind === 'exited', 'the end');
    expect(late.text).toContain('lastly');
  }, 60_000);
});
