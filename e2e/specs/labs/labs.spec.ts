/** Labs as learners meet them: a catalogue that reads without a script, a course beside real nodes, and authors who mean harm. */
import { expectAccessible, look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('the catalogue and a lab’s page read well without JavaScript', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${stack.origin}/labs`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Labs');
  await page.getByRole('link', { name: 'Your first container' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your first container');
  await expect(page.getByRole('listitem').filter({ hasText: 'Run a web server' })).toBeVisible();
  await expect(page.getByText('A container is a program that runs with its own files')).toBeVisible();
  const oembed = await page.locator('link[type="application/json+oembed"]').getAttribute('href');
  expect(await (await page.request.get(oembed ?? '')).json()).toMatchObject({ title: 'Your first container' });
  await context.close();
});

test('the catalogue is searched by words and by level, and leads from the landing page', async ({ landing, page }) => {
  await landing.open();
  await page.getByRole('link', { name: 'Labs', exact: true }).click();
  const labs = page.getByRole('main').getByRole('listitem');
  const all = await labs.count();
  expect(all).toBeGreaterThan(3);
  await page.getByRole('searchbox').fill('first container');
  await expect(labs).toHaveCount(1);
  await page.getByRole('searchbox').fill('nothing has these words');
  await expect(page.getByText('No lab has')).toBeVisible();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('combobox', { name: 'Level' }).selectOption('advanced');
  await expect.poll(() => labs.count()).toBeLessThan(all);
  await look(page, 'labs');
});

test('a learner goes wrong, reads why, puts it right, and a reload loses nothing', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/labs/first-container`);
  await page.getByRole('button', { name: 'Start this lab' }).click();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const panel = page.getByRole('region', { name: 'Lab' });
  await panel.getByRole('button', { name: 'Begin' }).click();
  await expect(panel.getByRole('heading', { name: 'Run a web server' })).toBeVisible();
  const first = panel.getByRole('listitem').filter({ hasText: 'container web' });
  await expect(first).toHaveAttribute('data-light', 'off');

  await page.locator('.xterm-rows:visible').filter({ hasText: 'root@node1' }).waitFor();
  await page.locator('.xterm-helper-textarea:visible, .xterm:visible textarea').first().focus();
  await page.keyboard.type('docker run -d --name wbe -p 8080:80 nginx\n');
  await first.getByText('Why not?').click();
  await expect(first).toContainText('There is "wbe"', { timeout: 30_000 });
  await expectAccessible(page);

  await page.locator('.xterm-helper-textarea:visible, .xterm:visible textarea').first().focus();
  await page.keyboard.type('docker rm -f wbe\n');
  await expect(first).not.toContainText('wbe', { timeout: 30_000 });
  const runs = panel.getByRole('button', { name: 'Run', exact: true });
  await runs.first().click();
  await expect(first).toHaveAttribute('data-light', 'passed', { timeout: 60_000 });
  await expect(panel.locator('[data-light]:not([data-light="passed"])')).toHaveCount(0, { timeout: 30_000 });
  await look(page, 'lab-step', { widths: [1440, 1024, 390] });

  await panel.getByRole('button', { name: 'Next step' }).click();
  await expect(panel.getByRole('heading', { name: 'Look inside' })).toBeVisible();
  await page.reload();
  await expect(panel.getByRole('heading', { name: 'Look inside' })).toBeVisible({ timeout: 30_000 });
  await expect(panel.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '1');
  const id = /\/s\/([a-z2-7]{8})/.exec(page.url())?.[1] ?? '';
  await page.request.delete(`${stack.origin}/api/v1/sessions/${id}`, { headers: { origin: stack.origin } });
});

test('a hostile author makes no script run, no request go out and no element outside the list', async ({
  page,
  stack,
}) => {
  const outside: string[] = [];
  await page.context().route(/attacker\.invalid/, (route) => {
    outside.push(route.request().url());
    return route.abort();
  });
  const attacked = () => page.evaluate(() => (window as { attacked?: number }).attacked);
  const foreign = () =>
    page
      .getByRole('main')
      .locator('iframe, object, embed, video, audio, math, form, base, script[src*="attacker"], [onclick], [onerror]')
      .count();
  await page.goto(`${stack.origin}/labs`);
  await expect(page.getByText('All that an author could try')).toBeVisible();
  expect(await attacked()).toBeUndefined();
  await page.goto(`${stack.origin}/labs/hostile`);
  await expect(page.getByText('a javascript link')).toBeVisible();
  expect([await attacked(), await foreign()]).toEqual([undefined, 0]);
  const targets = await page
    .getByRole('article')
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
  expect(targets.filter((protocol) => !/^(https?|mailto):$/.test(protocol))).toEqual([]);

  await page.getByRole('button', { name: 'Start this lab' }).click();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const panel = page.getByRole('region', { name: 'Lab' });
  await panel.getByRole('button', { name: 'Begin' }).click();
  await expect(panel.getByText('echo attribute')).toBeVisible();
  for (const button of await panel.getByRole('link').all())
    expect(await button.getAttribute('href')).not.toMatch(/^(javascript|data|vbscript|file|blob):/i);
  const elements = await panel
    .locator('iframe, object, embed, video, audio, math, style, base, [onclick], [onerror]')
    .count();
  expect([await attacked(), elements]).toEqual([undefined, 0]);
  expect(outside).toEqual([]);
  const id = /\/s\/([a-z2-7]{8})/.exec(page.url())?.[1] ?? '';
  await page.request.delete(`${stack.origin}/api/v1/sessions/${id}`, { headers: { origin: stack.origin } });
});
