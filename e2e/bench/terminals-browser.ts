/** Terminals in a real browser: headless Chromium, 160 x 50, xterm's DOM renderer, a real node. */
import { createSession } from '../support/api.ts';
import type { Figures } from './figures.ts';
import { createPageProbe, type PageProbe } from './page-probe.ts';
import { openQuietPage, type QuietPage } from './quiet-page.ts';
import { FLOOD_LINES, floodBytes, SETTLE_MS } from './terminals.ts';

/** Three rounds of 300: code that a page has just loaded is slower in the first. */
const KEYS = 900;
const ROUNDS = 3;
const INTERRUPTS = 20;
const RELOADS = 10;
const SIZE = { cols: 160, rows: 50 };
/** A prompt at the end of what is drawn; xterm ends rows with spaces that do not break. */
const PROMPT_LAST = /#[\s\u00a0]*$/;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function benchBrowserTerminals(origin: string, figures: Figures): Promise<void> {
  const session = await createSession(origin);
  const page = await openQuietPage();
  try {
    const probe = await createPageProbe(page);
    await page.goto(`${origin}/s/${session.id}#${session.token}`);
    await page.waitFor(() => {
      const add = [...document.querySelectorAll('button')].find((button) => button.textContent?.includes('Add node'));
      add?.click();
      return add !== undefined;
    });
    await probe.hold();
    await probe.sees(/root@node1:/);
    await probe.resize(SIZE.cols, SIZE.rows);
    const line = (text: string) => page.type(`${text}\r`);

    async function keys(name: string): Promise<void> {
      await probe.frameEchoes();
      let typed = '';
      for (let i = 0; i < KEYS; i += 1) {
        if (typed.length >= 60) {
          await page.press('Ctrl+u');
          await wait(150);
          await probe.frameEchoes().then((echoes) => addEchoes(figures, name, echoes.slice(0, -1)));
          typed = '';
        }
        const letter = String.fromCharCode(97 + (i % 26));
        typed += letter;
        figures.sample(name, 'ms', await probe.press(letter, `#[\\s\\u00a0]${typed}`));
        await wait(20 + Math.random() * 40);
      }
      addEchoes(figures, name, await probe.frameEchoes());
      await page.press('Ctrl+u');
      await wait(150);
    }

    await line('PS1="# "; clear');
    await probe.sees(PROMPT_LAST);
    await wait(SETTLE_MS);
    await keys('terminals.key-drawn');

    await line(`seq 1 ${FLOOD_LINES} > /tmp/flood; seq 1 12000; clear; echo rea"dy"`);
    await probe.sees(/ready/);
    await wait(1500);
    const heap = await probe.heap();
    await floods(probe, page, figures);
    await line('clear');
    await wait(1500);
    figures.value('terminals.page-heap-before', 'MB', heap / 1e6);
    figures.value('terminals.page-heap-after', 'MB', (await probe.heap()) / 1e6);

    for (let i = 0; i < INTERRUPTS; i += 1) {
      await line('clear; yes');
      await probe.sees(/yyyyyy/);
      await wait(700);
      const back = probe.timeToSee(() => page.press('Ctrl+c'), /\^C[\s\S]*#[\s\u00a0]*$/);
      figures.sample('terminals.interrupt-yes-drawn', 'ms', await back);
    }

    await line('clear; seq 1 200000; echo the"end"');
    await probe.sees(/theend/);
    for (let i = 0; i < RELOADS; i += 1) {
      await page.reload();
      figures.sample('terminals.reattach-drawn', 'ms', await probe.attachToDrawn(/theend/));
    }
    await probe.hold();

    await line('clear');
    await page.evaluate(() => document.querySelector<HTMLElement>('[aria-label="New terminal"]')?.click());
    await wait(2000);
    await probe.hold();
    await probe.sees(/root@node1:/);
    await line('yes');
    await wait(1000);
    await page.evaluate(() => document.querySelector<HTMLElement>('[role="tab"]')?.click());
    await wait(500);
    await probe.hold();
    await keys('terminals.key-drawn-beside-yes');
  } finally {
    await page.close();
    await session.close();
  }
}

function addEchoes(figures: Figures, name: string, echoes: number[]): void {
  for (const echo of echoes) figures.sample(name.replace('key-drawn', 'page-frame-echo'), 'ms', echo);
}

/** The same bytes through everything and straight to xterm, in turns. */
export async function floods(probe: PageProbe, page: QuietPage, figures: Figures): Promise<void> {
  const megabytes = floodBytes() / 1e6;
  const rates = { direct: [] as number[], whole: [] as number[] };
  const cpu = { direct: 0, whole: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await probe.prepareDirect(FLOOD_LINES);
    let spent = await probe.cpuSeconds();
    rates.direct.push(megabytes / ((await probe.feedDirectly()) / 1000));
    cpu.direct += (await probe.cpuSeconds()) - spent;
    spent = await probe.cpuSeconds();
    const before = await probe.outputBytes();
    await page.type(`cat /tmp/flood; echo over${round}"!"`);
    const ms = await probe.timeToDraw(floodBytes());
    await probe.sees(new RegExp(`over${round}!`));
    cpu.whole += (await probe.cpuSeconds()) - spent;
    rates.whole.push(megabytes / (ms / 1000));
    figures.sample(
      'terminals.flood-drawn-lost',
      'bytes',
      Math.max(0, before + floodBytes() - (await probe.outputBytes())),
    );
  }
  for (const rate of rates.direct) figures.sample('terminals.flood-direct', 'MB/s', rate);
  for (const rate of rates.whole) figures.sample('terminals.flood-drawn', 'MB/s', rate);
  figures.value('terminals.flood-direct-page-cpu', 's', cpu.direct / ROUNDS, ROUNDS);
  figures.value('terminals.flood-drawn-page-cpu', 's', cpu.whole / ROUNDS, ROUNDS);
  const mean = (list: number[]) => list.reduce((sum, rate) => sum + rate, 0) / list.length;
  figures.value('terminals.flood-drawn-share', '% of direct', (mean(rates.whole) / mean(rates.direct)) * 100, ROUNDS);
}
