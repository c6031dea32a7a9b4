/** Several viewers of one terminal over the whole path: nobody waits for another (T-6 to T-8). */

import { startBadLink } from '@drydock/testkit';
import { describe, expect, test } from 'vitest';
import { openPage, Page, until, wait, withTerminalStack, world } from '../testing/terminal-pages.ts';

withTerminalStack();

/** How long a page stops reading (ms). */
const STALL_MS = 60_000;
/** A stalled neighbour may make an echo this many times slower: far less than waiting for it would, far more than noise. */
const SLOWER_AT_MOST = 8;

/** The median (ms) of keys that are typed one by one until each is seen. */
async function medianEcho(page: Page, count: number): Promise<number> {
  const waits: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const word = `#k${Math.random().toString(36).slice(2, 8)};`;
    const started = performance.now();
    page.type(word);
    await page.sees(word);
    waits.push(performance.now() - started);
    page.type('\x15');
  }
  return waits.sort((a, b) => a - b)[count >> 1] as number;
}

describe('viewers', () => {
  test('T-6: one that draws nothing delays nobody, and costs a bounded number of bytes', async () => {
    const page = await openPage(1000);
    const stalled = new Page(page.session, 1000);
    await stalled.connected();
    stalled.attach(page.terminalId);
    await stalled.sees('node1:');
    const before = await medianEcho(page, 50);
    stalled.draw(false);
    page.type('seq 1 300000; echo flood"ed"\r');
    await page.sees('flooded', 60_000);
    expect(stalled.text.length).toBeLessThanOrEqual(256 * 1024 + 4096);
    expect(await medianEcho(page, 50)).toBeLessThan(SLOWER_AT_MOST * before);
    stalled.draw(true);
    await until(() => stalled.resets === 1, 'a screen in place of what was missed');
    await until(() => stalled.lines().at(-1) === page.lines().at(-1), 'the same end');
  }, 120_000);

  test('T-6: one whose connection takes nothing for a minute delays nobody, and is up to date when it is back', async () => {
    const page = await openPage(1000);
    const deadLink = await startBadLink(world.stack.port);
    try {
      const stalled = new Page(page.session, 1000, deadLink.port);
      await stalled.connected();
      stalled.attach(page.terminalId);
      await stalled.sees('node1:');
      const before = await medianEcho(page, 50);
      deadLink.freeze();
      page.type('seq 1 300000; echo flood"ed"\r');
      await page.sees('flooded', 60_000);
      const medians: number[] = [];
      for (const end = Date.now() + STALL_MS; Date.now() < end; await wait(500))
        medians.push(await medianEcho(page, 10));
      medians.sort((a, b) => a - b);
      expect(medians[medians.length >> 1]).toBeLessThan(SLOWER_AT_MOST * before);
      expect(stalled.text).not.toContain('flooded');
      deadLink.thaw();
      await until(() => stalled.lines().at(-1) === page.lines().at(-1), 'the same end', 60_000);
      expect(stalled.lines()).toContain('flooded');
    } finally {
      await deadLink.close();
    }
  }, 300_000);

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
