/** Frames on pages of every kind: other generators, strict policies, isolated and sandboxed pages, two elements of one session. */
import { EmbedPage } from '../../pages/embed-page.ts';
import { type EmbedSite, startEmbedSite } from '../../support/embed-origins.ts';
import { exercisePage, plainPage } from '../../support/embed-pages.ts';
import { expect, test } from '../../support/test.ts';

let site: EmbedSite;
test.beforeAll(async ({ stack }) => {
  site = await startEmbedSite(stack.origin, '127.0.0.1');
});
test.afterAll(() => site.close());

/** Ends the sessions of a page's elements. */
async function endAll({ page }: EmbedPage): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('drydock-terminal')) (element as unknown as { end(): void }).end();
  });
  await expect(
    page.locator('iframe').first().contentFrame().getByRole('button', { name: 'Start again' }),
  ).toBeVisible();
}

for (const generator of ['mkdocs', 'hugo'] as const) {
  test(`a visitor in a private window runs an exercise on two nodes of a page made by ${generator}`, async ({
    page,
  }) => {
    site.addPage(generator, exercisePage(generator));
    const embed = new EmbedPage(page);
    await page.goto(site.page(generator));
    await embed.start();
    await embed.expectPrompt('node1');
    await embed.run(0, true);
    await embed.run(1);
    await endAll(embed);
  });
}

const STRICT = {
  'content-security-policy': "default-src 'none'; script-src EMBED_ORIGIN; frame-src EMBED_ORIGIN",
};
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

test('a strict policy and an isolated page show a working frame, and report nothing', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  site.addPage('strict', plainPage('<drydock-terminal></drydock-terminal>'), { ...STRICT, ...ISOLATED });
  const embed = new EmbedPage(page);
  await page.goto(site.page('strict'));
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await embed.start();
  await embed.expectPrompt('node1');
  // Workers of an isolated frame, which do the work that a start may cost, have to say that they are isolated too.
  const isolation = await page.frames()[1]?.evaluate(async () => {
    const { src } = document.querySelector('script[src]') as HTMLScriptElement;
    return (await fetch(src)).headers.get('cross-origin-embedder-policy');
  });
  expect(isolation).toBe('require-corp');
  await endAll(embed);
  // The page's own style sheet is what its policy refuses.
  expect(problems.filter((text) => !/favicon|inline style/.test(text))).toEqual([]);
});

test('two elements of one session show the same terminals', async ({ page }) => {
  const element = '<drydock-terminal session="a" style="display:block;height:20rem"></drydock-terminal>';
  site.addPage('shared', plainPage(element + element));
  const embed = new EmbedPage(page);
  await page.goto(site.page('shared'));
  await embed.start();
  await embed.expectPrompt('node1');
  await embed.start();
  await embed.expectPrompt('node1', 1);
  await embed.frame().getByRole('region', { name: 'Terminal node1' }).locator('textarea').focus();
  await page.keyboard.type('echo shared-$((40+2))\n');
  await expect(embed.frame(1).getByRole('region', { name: 'Terminal node1' })).toContainText('shared-42');
  await endAll(embed);
});

test('a page in a sandbox: with an origin it works, without one the element says why it cannot', async ({ page }) => {
  site.addPage('inside', plainPage('<drydock-terminal></drydock-terminal>'));
  for (const allowed of ['allow-scripts allow-same-origin allow-popups', 'allow-scripts'])
    site.addPage(
      allowed.includes('origin') ? 'with' : 'without',
      `<!doctype html><iframe sandbox="${allowed}" src="/inside" style="width:60rem;height:40rem"></iframe>`,
    );
  await page.goto(site.page('without'));
  const without = page.locator('iframe').contentFrame();
  await without.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(without.locator('drydock-terminal')).toContainText('sandbox');
  await page.goto(site.page('with'));
  const inside = page.locator('iframe').contentFrame();
  await inside.getByRole('button', { name: 'Start', exact: true }).click();
  const frame = inside.locator('drydock-terminal iframe').contentFrame();
  await expect(frame.getByRole('region', { name: 'Terminal node1' })).toContainText('root@node1:', { timeout: 60_000 });
  await inside.locator('drydock-terminal').evaluate((element) => (element as unknown as { end(): void }).end());
  await expect(frame.getByRole('button', { name: 'Start again' })).toBeVisible();
});

/** A training post for Play with Docker's SDK: only the script's address is another. */
const OLD_POST = `<!doctype html><script src="EMBED_ORIGIN/pwd-sdk/dist/pwd.min.js"></script>
  <pre><code class="language-.term1">docker run -d --name web -p 8080:80 nginx\n</code></pre>
  <pre><code class="language-.term2">until curl -sf node1:8080 >page; do sleep 0.2; done\ngrep -c "Welcome to nginx" page\n</code></pre>
  <a href="/" data-term=".term1" data-port="8080">the page</a>
  <div class="term1" style="height:320px"></div><div class="term2" style="height:320px"></div>
  <script>onload = () => { pwd = new PWD(); pwd.newSession([{ selector: '.term1' }, { selector: '.term2' }], { baseUrl: 'https://gone.example' }); };</script>`;

test('a page of Play with Docker’s SDK runs on two nodes, links to a port, and goes on after a reload', async ({
  page,
  context,
}) => {
  site.addPage('old-post', OLD_POST);
  const embed = new EmbedPage(page);
  await page.goto(site.page('old-post'));
  await page.locator('pre').first().click();
  for (const [at, node] of ['node1', 'node2'].entries()) await embed.expectPrompt(node, at);
  await embed.frame(0).getByRole('button', { name: 'Let it type' }).click();
  await page.locator('pre').last().click();
  await embed.frame(1).getByRole('button', { name: 'Let it type' }).click();
  await expect(embed.frame(1).getByRole('region', { name: 'Terminal node2' })).toContainText(/page\s*2/);
  await page.getByRole('link', { name: 'the page' }).click();
  const offer = embed.frame(0).getByRole('alert').filter({ hasText: 'This page links to port 8080 of node1.' });
  const [tab] = await Promise.all([context.waitForEvent('page'), offer.getByRole('button').first().click()]);
  await expect(tab.getByRole('heading', { name: 'Welcome to nginx!' })).toBeVisible();
  await page.screenshot({ path: 'e2e/test-results/screens/embed-old-post.png', fullPage: true });
  await page.reload();
  await expect(embed.frame(1).getByRole('region', { name: 'Terminal node2' })).toContainText(/page\s*2/);
  await endAll(embed);
});
