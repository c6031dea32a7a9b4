/** What a page of another site has of the loader: the elements and the Run buttons; a recording frame stands for the installation. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type EmbedOrigins, startEmbedOrigins } from '../../support/embed-origins.ts';

const FIXTURES = readdirSync(fileURLToPath(new URL('../../../packages/embed/fixtures', import.meta.url))).map((file) =>
  file.replace('.html', ''),
);

let origins: EmbedOrigins;
test.beforeAll(async () => {
  origins = await startEmbedOrigins();
});
test.afterAll(() => origins.close());
test.beforeEach(() => {
  origins.asked.length = 0;
});

interface Recorded {
  type: string;
  text?: string;
  node?: string;
  handle?: string;
  role?: string;
  ports: number;
}

/** What the first frame on the page was asked, without what is decoration. */
async function recorded(page: Page, index = 0): Promise<Recorded[]> {
  const frames = page.frames().filter((frame) => frame.url().startsWith(`${origins.installation}/embed`));
  const all = (await frames[index]?.evaluate(() => (window as unknown as { recorded: Recorded[] }).recorded)) ?? [];
  return all.filter(({ type }) => type !== 'theme');
}

const start = (page: Page) => page.getByRole('button', { name: 'Start', exact: true });

for (const name of FIXTURES) {
  test(`each shell block of a page made by ${name} types exactly its text into the right node`, async ({ page }) => {
    await page.goto(origins.page(name));
    const expected = JSON.parse((await page.locator('#expected').textContent()) ?? '[]') as {
      text: string;
      node?: string;
      repaired?: boolean;
    }[];
    const buttons = page.getByRole('button', { name: /^Run/ });
    await expect(buttons).toHaveCount(expected.length);
    for (const [index, { repaired }] of expected.entries()) {
      await buttons.nth(index).click();
      const said = page.getByRole('status').nth(index);
      await expect(said).toContainText('Finished with 3');
      if (repaired) await expect(said).toContainText('put right');
    }
    const runs = (await recorded(page)).filter(({ type }) => type === 'run');
    expect(runs.map(({ text, node }) => ({ text, node }))).toEqual(expected.map(({ text, node }) => ({ text, node })));
  });
}

test('before a visitor starts anything, twenty elements have asked for nothing but the script', async ({ page }) => {
  origins.addPage(
    'twenty',
    `<script src="EMBED_ORIGIN/embed.js" async></script>${'<drydock-terminal></drydock-terminal>'.repeat(20)}`,
  );
  await page.goto(origins.page('twenty'));
  await expect(start(page)).toHaveCount(20);
  await page.waitForLoadState('networkidle');
  expect(origins.asked).toEqual(['/embed.js']);
});

test('nothing on the page moves when the script comes and when an element is started', async ({ page }) => {
  origins.addPage(
    'shift',
    `<p id="above">above</p><drydock-terminal style="display:block;height:24rem"></drydock-terminal><p id="below">below</p>
     <script src="EMBED_ORIGIN/embed.js" async></script>`,
  );
  await page.goto(origins.page('shift'));
  const place = () => page.locator('#below').evaluate((element) => element.getBoundingClientRect().top);
  await expect(start(page)).toBeVisible();
  const before = await place();
  await start(page).click();
  await expect.poll(async () => (await recorded(page)).map(({ type }) => type)).toEqual(['start']);
  expect(await place()).toBe(before);
  const focus = await page.evaluate(() => document.activeElement?.localName);
  expect(['body', 'drydock-terminal']).toContain(focus);
});

test('a strict policy of the site needs to name the installation for scripts and frames alone', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  origins.addPage(
    'strict',
    '<!doctype html><script src="EMBED_ORIGIN/embed.js" data-upgrade="sh" async></script><pre><code class="language-sh">echo a</code></pre><drydock-lab src="first"></drydock-lab>',
    {
      'content-security-policy':
        "default-src 'none'; script-src EMBED_ORIGIN; frame-src EMBED_ORIGIN; require-trusted-types-for 'script'",
    },
  );
  await page.goto(origins.page('strict'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Finished with 3');
  expect(problems.filter((text) => !text.includes('favicon'))).toEqual([]);
});

test('elements of one session are let in frame to frame, and the page never holds a token', async ({ page }) => {
  const element = '<drydock-terminal session="a"></drydock-terminal>';
  origins.addPage('shared', `<script src="EMBED_ORIGIN/embed.js"></script>${element}${element}`);
  await page.goto(origins.page('shared'));
  await start(page).first().click();
  await expect.poll(async () => (await recorded(page)).length).toBe(1);
  await start(page).first().click();
  await expect
    .poll(async () => (await recorded(page)).map(({ type, role, ports }) => [type, role, ports]))
    .toEqual([
      ['start', undefined, 0],
      ['share', 'give', 1],
    ]);
  await expect
    .poll(async () => (await recorded(page, 1)).map(({ type, role, ports }) => [type, role, ports]))
    .toEqual([
      ['share', 'take', 1],
      ['start', undefined, 0],
    ]);
});

test('after a reload an element goes on with the handle that its frame gave it, and not after the end', async ({
  page,
}) => {
  origins.addPage(
    'resume',
    '<script src="EMBED_ORIGIN/embed.js"></script><drydock-terminal id="a"></drydock-terminal>',
  );
  await page.goto(origins.page('resume'));
  await page.evaluate(() => sessionStorage.setItem('drydock-handle:/resume:drydock-terminal:a', 'kept.handle'));
  await page.reload();
  await expect.poll(async () => recorded(page)).toEqual([{ type: 'start', handle: 'kept.handle', ports: 0 }]);
  await page.evaluate(() => (document.querySelector('drydock-terminal') as unknown as { end(): void }).end());
  await expect
    .poll(() => page.evaluate(() => sessionStorage.getItem('drydock-handle:/resume:drydock-terminal:a')))
    .toBeNull();
});

test('the script twice on one page, and a page that draws its blocks anew, leave one button a block', async ({
  page,
}) => {
  const block = '<pre><code class="language-sh">echo a</code></pre>';
  origins.addPage(
    'twice',
    `<script src="EMBED_ORIGIN/embed.js" data-upgrade="sh"></script><script src="EMBED_ORIGIN/embed.js" data-upgrade="sh"></script><main>${block}</main>`,
  );
  await page.goto(origins.page('twice'));
  const buttons = page.getByRole('button', { name: 'Run', exact: true });
  await expect(buttons).toHaveCount(1);
  await page.evaluate(() => {
    const main = document.querySelector('main') as HTMLElement;
    const pre = main.querySelector('pre') as HTMLElement;
    pre.replaceWith(pre.cloneNode(true));
  });
  await page.waitForFunction(() => document.querySelectorAll('.drydock-run').length === 1);
  await buttons.click();
  await expect(page.getByRole('status')).toHaveText('Finished with 3');
});

test('an installation that does not answer, and a message from elsewhere, are told and never thrown', async ({
  page,
}) => {
  const thrown: unknown[] = [];
  page.on('pageerror', (error) => thrown.push(error));
  origins.addPage(
    'away',
    `<script src="EMBED_ORIGIN/embed.js" data-base="http://127.0.0.1:9/"></script><drydock-terminal></drydock-terminal>
     <script>addEventListener('drydock-error', ({ detail }) => { window.told = detail; });</script>`,
  );
  await page.clock.install();
  await page.goto(origins.page('away'));
  await start(page).click();
  await page.evaluate(() => {
    for (const data of ['drydock-listens', null, 7, { type: 'state', state: 'ready' }]) window.postMessage(data, '*');
  });
  await page.clock.runFor(16_000);
  await expect(page.locator('drydock-terminal')).toContainText('127.0.0.1:9 does not answer');
  expect(await page.evaluate(() => (window as unknown as { told: { code: string } }).told.code)).toBe(
    'HOST_UNAVAILABLE',
  );
  expect(thrown).toEqual([]);
});
