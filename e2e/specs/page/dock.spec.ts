/** Room for the work: what the terminal has of the window, and the one dock that panels share beside it. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../../support/test.ts';

/** Of the window's height, in a window of 1280 by 720. */
const TERMINAL_SHARE = 0.85;
/** An editor or a map that is narrower cannot be used (CSS px). */
const MIN_DOCK_WIDTH = 480;

async function boxOf(locator: Locator) {
  await expect(locator).toBeVisible();
  const box = await locator.boundingBox();
  if (box === null) throw new Error('it has no box');
  return box;
}

/** The terminal that is in front. */
const terminal = (page: Page) =>
  page.getByRole('region', { name: 'Terminal node1', exact: true }).filter({ visible: true });
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const open = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();

/** Drags the line between terminals and dock by `pixels` to the right. */
async function drag(page: Page, pixels: number): Promise<void> {
  const line = await boxOf(page.getByRole('separator'));
  const y = line.y + line.height / 2;
  await page.mouse.move(line.x + 2, y);
  await page.mouse.down();
  await page.mouse.move(line.x + 2 + pixels, y, { steps: 6 });
  await page.mouse.up();
}

test('a terminal has 85 % of a small window’s height, without open ports and with them', async ({
  workbench,
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await workbench.addNode('node1');
  expect((await boxOf(terminal(page))).height).toBeGreaterThanOrEqual(720 * TERMINAL_SHARE);
  await workbench.type('docker run -d -p 8080:80 drydock/web:1');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  expect((await boxOf(terminal(page))).height).toBeGreaterThanOrEqual(720 * TERMINAL_SHARE);
});

test('panels share one dock, which is never too narrow, remembers its width and goes below where there is no room', async ({
  workbench,
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await workbench.addNode('node1');
  await open(page, 'Swarm');
  const first = await boxOf(panel(page, 'Swarm'));
  const left = await boxOf(terminal(page));
  expect(first.width).toBeGreaterThanOrEqual(MIN_DOCK_WIDTH);
  expect(left.x + left.width).toBeLessThanOrEqual(first.x);

  // A second panel is a tab, not a column.
  await open(page, 'Timeline');
  expect((await boxOf(panel(page, 'Timeline'))).x).toBe(first.x);
  await expect(page.getByRole('separator')).toHaveCount(1);
  // A terminal that is opened then lies with the terminals.
  await page.keyboard.press('Control+Shift+Enter');
  await expect(page.getByRole('tab', { name: 'node1 (2)', exact: true })).toBeVisible();
  const second = terminal(page);
  expect((await boxOf(second)).x).toBeLessThan(first.x);

  await drag(page, 400);
  expect((await boxOf(panel(page, 'Timeline'))).width).toBeGreaterThanOrEqual(MIN_DOCK_WIDTH);
  await drag(page, -60);
  const { width } = await boxOf(panel(page, 'Timeline'));
  for (const name of ['Timeline', 'Swarm']) {
    await page.getByRole('tab', { name, exact: true }).focus();
    await page.keyboard.press('Delete');
  }
  await expect(page.getByRole('separator')).toHaveCount(0);
  await page.reload();
  await open(page, 'Timeline');
  expect(Math.abs((await boxOf(panel(page, 'Timeline'))).width - width)).toBeLessThanOrEqual(3);

  // With the files open there is no room beside the terminals.
  await open(page, 'Files');
  const below = panel(page, 'Timeline');
  await expect.poll(async () => (await boxOf(below)).y - (await boxOf(second)).y).toBeGreaterThan(100);
  expect((await boxOf(below)).width).toBeGreaterThanOrEqual(MIN_DOCK_WIDTH);
  await open(page, 'Files');
  await expect.poll(async () => (await boxOf(below)).x - (await boxOf(second)).x).toBeGreaterThan(100);

  // A phone shows one thing at a time.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('separator')).toHaveCount(0);
  await page.getByRole('tab', { name: 'Timeline', exact: true }).click();
  expect((await boxOf(below)).width).toBeGreaterThanOrEqual(380);
  await expect(second).toBeHidden();
  await page.setViewportSize({ width: 1280, height: 720 });
  expect((await boxOf(below)).width).toBeGreaterThanOrEqual(MIN_DOCK_WIDTH);
  await expect(second).toBeVisible();
});

test('one key goes through three layouts, and the terminal keeps the typing', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const files = page.getByRole('complementary', { name: 'Files', exact: true });
  const nodes = page.getByRole('complementary', { name: 'Nodes and session', exact: true });
  const layout = (name: string) => expect(page.getByText(new RegExp(`^Layout: ${name}\\.`)).first()).toBeVisible();

  await page.keyboard.press('Control+Shift+L');
  await layout('Build');
  await expect(files).toBeVisible();
  await page.keyboard.press('Control+Shift+L');
  await layout('Swarm');
  await expect(files).toBeHidden();
  await expect(panel(page, 'Swarm')).toBeVisible();
  await page.keyboard.press('Control+Shift+L');
  await layout('Learn');
  await expect(panel(page, 'Swarm')).toBeHidden();
  await expect(nodes).toBeHidden();
  await page.keyboard.type('echo still-$((40+2))');
  await page.keyboard.press('Enter');
  await workbench.expectText('still-42');
});
