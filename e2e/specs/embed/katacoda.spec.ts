/** Pages that were written for Katacoda's embed, unmodified but for the script's address; a recording frame stands for the installation. */
import { expect, type Page, test } from '@playwright/test';
import { type EmbedOrigins, startEmbedOrigins } from '../../support/embed-origins.ts';

const SCRIPT = '<script src="EMBED_ORIGIN/katacoda/embed.js"></script>';
let origins: EmbedOrigins;
test.beforeAll(async () => {
  origins = await startEmbedOrigins();
});
test.afterAll(() => origins.close());

const frames = (page: Page) => page.frames().filter((frame) => frame.url().startsWith(`${origins.installation}/embed`));
const queryOf = (page: Page, at: number) => new URL(frames(page)[at]?.url() ?? 'http://none').searchParams;

/** The texts that the frames on the page were asked to type, and into which terminal. */
async function typed(page: Page) {
  const all = await Promise.all(
    frames(page).map((frame) =>
      frame.evaluate(
        () => (window as unknown as { recorded: { type: string; text?: string; terminal?: number }[] }).recorded,
      ),
    ),
  );
  return all.map((recorded) =>
    recorded.filter(({ type }) => type === 'run').map(({ text, terminal = 1 }) => [text, terminal]),
  );
}

test('each environment and scenario of a page has its element, and code goes to the one that it names', async ({
  page,
}) => {
  origins.addPage(
    'katacoda-inline',
    `<body>${SCRIPT}<div id="one" data-katacoda-env="docker-swarm" data-katacoda-color="004d7f">old text</div>
     <div id="two" data-katacoda-id="acme/courses/first/volumes"></div>
     <pre><code data-katacoda-target="two">docker volume ls &amp;&amp; echo "a  b"\n</code></pre>
     <div class="highlight"><pre><code data-lang="shell">docker ps\n</code></pre></div><pre><code id="plain">not this</code></pre>`,
  );
  await page.goto(origins.page('katacoda-inline'));
  const starts = page.getByRole('button', { name: 'Start', exact: true });
  await expect(starts).toHaveCount(2);
  expect(frames(page)).toHaveLength(0);
  await page.locator('#plain').click();
  await page.locator('[data-katacoda-target]').click();
  await expect.poll(() => frames(page).length).toBe(1);
  expect(queryOf(page, 0).get('lab')).toBe('acme/first/volumes');
  await page.locator('[data-lang="shell"]').click();
  await expect.poll(() => typed(page)).toEqual([[['docker volume ls && echo "a  b"', 1]], [['docker ps', 1]]]);
  expect(queryOf(page, 1).get('nodes')).toBe('2');
  await expect(page.getByText('old text')).toHaveCount(0);
});

test('its panel is one for the page, and takes what the page’s own scripts write', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => void problems.push(error.message));
  const place = '<div data-katacoda-ui="panel" data-katacoda-env="ubuntu"></div>';
  origins.addPage('katacoda-panel', `<body>${place}${place}${SCRIPT}<p style="height:2000px">text</p>`);
  await page.goto(origins.page('katacoda-panel'));
  await expect(page.locator('#katacoda-panel-container drydock-terminal')).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeInViewport();
  await page.evaluate(() => {
    const { katacoda } = window as unknown as { katacoda: Record<string, (text?: string) => void> };
    katacoda.write?.('first');
    katacoda.runInForeground?.('second');
    katacoda.runInBackground?.('third');
  });
  await expect
    .poll(() => typed(page))
    .toEqual([
      [
        ['first', 1],
        ['second', 1],
        ['third', 2],
      ],
    ]);
  expect(problems).toEqual([]);
});

test('a page that asks for it is filled when it says so, once', async ({ page }) => {
  origins.addPage(
    'katacoda-demand',
    `<body>${SCRIPT}${SCRIPT}<div data-katacoda-ondemand data-katacoda-env="ubuntu"></div>`,
  );
  await page.goto(origins.page('katacoda-demand'));
  await page.waitForLoadState('load');
  await expect(page.locator('drydock-terminal')).toHaveCount(0);
  await page.evaluate(() => {
    const { katacoda } = window as unknown as { katacoda: { init(): void } };
    katacoda.init();
    katacoda.init();
  });
  await expect(page.locator('drydock-terminal')).toHaveCount(1);
});
