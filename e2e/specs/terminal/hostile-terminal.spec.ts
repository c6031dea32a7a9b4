/** Programs that mean harm to whoever looks at their terminal: they neither freeze the page nor reach its clipboard. */
import type { Page } from '@playwright/test';
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { expect, test } from '../../support/test.ts';

/** Notes every write to the clipboard, in place of the browser's. */
async function noteCopies(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const copies: string[] = [];
    Object.assign(window, { copies });
    navigator.clipboard.writeText = async (text) => {
      copies.push(text);
    };
  });
  return () => page.evaluate(() => (window as unknown as { copies: string[] }).copies);
}

/** The longest time (ms) between two turns of the page since it was called. */
async function watchTurns(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const turns = { longest: 0, last: performance.now() };
    Object.assign(window, { turns });
    setInterval(() => {
      const now = performance.now();
      turns.longest = Math.max(turns.longest, now - turns.last);
      turns.last = now;
    }, 10);
  });
  return () => page.evaluate(() => (window as unknown as { turns: { longest: number } }).turns.longest);
}

const OSC_52 = `\\033]52;c;$(printf curl-evil | base64)\\a`;

test('sequences with the largest parameters leave the page at work', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const longest = await watchTurns(page);
  const all = ['S', 'T', 'L', 'M', '@', 'P', 'X', 'I', 'Z', ' @', ' A', "'}", "'~"];
  const hostile = all.map((final) => `\\e[2147483647${final}`).join('');
  await workbench.type(
    `for i in $(seq 400); do printf "a\\xcc\\x81\\xcc\\x81\\e[2147483647b${hostile}"; done; clear; echo end-$((3+4))`,
  );
  await workbench.expectText('end-7');
  // One of them unbounded is an hour.
  expect(await longest()).toBeLessThan(3000);
  await workbench.type('echo still-$((4+4))');
  await workbench.expectText('still-8');
});

test('a program copies only as the answer to a key or a click of this person, and that is told', async ({
  landing,
  page,
}) => {
  const copies = await noteCopies(page);
  await landing.open();
  const workbench = await landing.start();
  await workbench.addNode('node1');
  const notice = page.getByText('A program in the terminal copied text to your clipboard', { exact: true });
  await workbench.type(`clear; sleep 3; printf "${OSC_52}"; echo un"asked"`);
  await workbench.expectText('unasked');
  expect(await copies()).toEqual([]);
  await expect(notice).toHaveCount(0);
  await workbench.type(`clear; printf "${OSC_52}"; echo as"ked"`);
  await workbench.expectText('asked');
  await expect.poll(copies).toEqual(['curl-evil']);
  await expect(notice).toBeVisible();
});

test('whoever only watches is copied nothing, whatever they click at', async ({ browser, workbench, page }) => {
  await workbench.addNode('node1');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: /watch/i }).inputValue();
  await page.keyboard.press('Escape');
  const other = await browser.newContext();
  const watcher = new WorkbenchPage(await other.newPage(), workbench.sessionId);
  const copies = await noteCopies(watcher.page);
  await watcher.page.goto(link);
  await watcher.page.getByRole('button', { name: 'Open node1' }).click();
  await watcher.expectPrompt('node1');
  await workbench.type(`clear; for i in $(seq 30); do printf "${OSC_52}"; sleep 0.1; done; echo do"ne"`);
  const box = await watcher.screen.boundingBox();
  for (let i = 0; i < 10; i += 1) {
    await watcher.page.mouse.click((box?.x ?? 0) + 300, (box?.y ?? 0) + 100);
    await watcher.page.keyboard.press('a');
  }
  await watcher.expectText('done');
  expect(await copies()).toEqual([]);
  await other.close();
});
