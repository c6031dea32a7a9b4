/** A phone: the drawer, the key bar and a swipe from node to node, by touch. */
import { devices } from '@playwright/test';
import { LandingPage } from '../../pages/landing-page.ts';
import { expect, test } from '../../support/test.ts';

test('a phone adds nodes, interrupts a command by the key bar, and swipes between nodes', async ({
  browser,
  stack,
}) => {
  const { defaultBrowserType: _engine, ...phone } = devices['Pixel 7'];
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  const landing = new LandingPage(page, stack.origin);
  await landing.open();
  await page.getByRole('button', { name: 'Start', exact: true }).tap();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const shown = page.locator('.xterm-rows:visible').first();
  await expect(shown).toContainText('root@node1:', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Nodes and session' }).tap();
  await page.getByRole('button', { name: 'Add node' }).first().tap();
  await expect(shown).toContainText('root@node2:', { timeout: 30_000 });

  await page.locator('.xterm:visible textarea').first().focus();
  await page.keyboard.type('sleep 1000');
  await page.keyboard.press('Enter');
  const keys = page.getByRole('toolbar', { name: 'Extra keys' });
  await keys.getByRole('button', { name: 'Ctrl' }).tap();
  await expect(keys.getByRole('button', { name: 'Ctrl' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.type('c');
  await expect(shown).toContainText('^C');

  const touch = await context.newCDPSession(page);
  const swipe = async (from: number, to: number) => {
    const at = (x: number) => [{ x, y: 300 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at((from + to) / 2) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(to) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await swipe(80, 330);
  await expect(shown).toContainText('root@node1:');
  await swipe(330, 80);
  await expect(shown).toContainText('root@node2:');
  await page.screenshot({ path: 'e2e/test-results/screens/phone.png' });
  await context.close();
});
