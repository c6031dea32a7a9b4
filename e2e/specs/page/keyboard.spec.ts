/** The whole way without a mouse: start, node, terminal, out of it, palette, close. */
import type { Page } from '@playwright/test';
import { expect, test } from '../../support/test.ts';

/** A page with more stops than this before a control is not usable by keyboard. */
const MAX_TABS = 40;

/** Presses Tab until the control that has the focus is named `name`; each stop must be visible. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < MAX_TABS; stop++) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.count()) === 0) continue;
    await expect(focused).toBeInViewport();
    const label = await focused.evaluate((e) => e.getAttribute('aria-label') ?? e.textContent ?? '');
    if (label.trim().startsWith(name)) return;
  }
  throw new Error(`${name} is not reached in ${MAX_TABS} stops`);
}

const inTerminal = (page: Page) => page.evaluate(() => document.activeElement?.closest('.xterm') !== null);

test('a session is used from start to end by keyboard alone', async ({ landing, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && asked.push(new URL(request.url()).pathname));
  await landing.open();
  await tabTo(page, 'Start an empty session');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  await expect(page.getByRole('button', { name: 'Add node' }).first()).toBeVisible();

  await tabTo(page, 'Add node');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows:visible').first()).toContainText('root@node1:', { timeout: 30_000 });
  await expect.poll(() => inTerminal(page)).toBe(true);
  await page.keyboard.type('echo by-$((40+2))-hand');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows:visible').first()).toContainText('by-42-hand');

  // Tab belongs to the shell; F6 is the way out and back.
  await page.keyboard.press('Tab');
  expect(await inTerminal(page)).toBe(true);
  await page.keyboard.press('F6');
  expect(await inTerminal(page)).toBe(false);
  // Whoever types on presses nothing.
  await page.keyboard.type('ls ');
  await page.keyboard.press('Enter');
  expect(asked.filter((path) => path.endsWith('/nodes'))).toHaveLength(1);
  await tabTo(page, 'Open node1');
  await page.keyboard.press('F6');
  expect(await inTerminal(page)).toBe(true);

  // The palette gives the focus back; Ctrl+K is the shell's: it kills the line to the right of the cursor.
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await page.keyboard.press('F1');
  await expect(palette).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await page.keyboard.type('echo kept-$((40+3)); echo lost-$((40+4))');
  for (let i = 0; i < '; echo lost-$((40+4))'.length; i += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+k');
  await expect(palette).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows:visible').first()).toContainText('kept-43');
  await expect(page.locator('.xterm-rows:visible').first()).not.toContainText('lost-44');
  // A dialog that the palette opened gives it back too.
  await page.keyboard.press('F1');
  await page.keyboard.type('Share');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: /watch/i })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect.poll(() => inTerminal(page)).toBe(true);

  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Split right');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows:visible')).toHaveCount(2, { timeout: 30_000 });

  await page.keyboard.press('F1');
  await page.keyboard.type('Close session');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toBeVisible();
  await tabTo(page, 'Close session');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${landing.origin}/`, { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
});
