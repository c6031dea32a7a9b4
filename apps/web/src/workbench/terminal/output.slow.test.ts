/** Output over the whole path, while links drop and processes are killed (T-3 to T-9). */
import headless from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import {
  calm,
  disturb,
  openPage,
  Page,
  SIZE,
  until,
  wait,
  withTerminalStack,
  world,
} from '../testing/terminal-pages.ts';

withTerminalStack();

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
      // The mark stands in the echo of the command too.
      () => (next ?? 0) > 10_485_760 && tail().includes('>>'),
      () =>
        `the last byte: at ${next}, ${JSON.stringify(page.controller.getState())}, cuts ${world.link.cuts()} ${JSON.stringify(tail().slice(-100))}`,
      180_000,
    );
    calm();
    const all = Buffer.concat(got);
    const begin = all.indexOf('<<') + 2;
    const bytes = all.subarray(all.indexOf('<<', begin) === -1 ? begin : all.indexOf('<<', begin) + 2);
    let wrong = 0;
    for (let i = 0; i < 10_485_760; i += 1) if (bytes[i] !== (i * 167 + (i >> 8) * 13) % 256) wrong += 1;
    expect(wrong).toBe(0);
    expect(world.link.cuts()).toBeGreaterThan(2);
  }, 240_000);

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
    ['the agent', () => world.stack.agent],
    ['the manager', () => world.stack.manager],
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
    const twin = new Page(page.session, 1000, world.stack.port);
    await twin.connected();
    twin.attach(page.terminalId);
    await twin.sees('node1:');
    world.link.freeze();
    world.link.cut();
    feed(twin, "printf '\\033[44mcolour\\033[m\\n'; seq 1 600000; printf '\\033[2;20r\\033[31mred'");
    await twin.sees('finished', 60_000);
    await twin.drawn();
    world.link.thaw();
    world.link.cut();
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
