/** What our pages' policies refuse, in a browser, and that all that a learner does works under them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { FilesPanel } from '../../pages/files-panel.ts';
import { expect, test } from '../../support/test.ts';

/** What a string does at a place where the browser makes code of it. */
const attempt = (page: Page, place: 'html' | 'script' | 'worker' | 'address', value: string) =>
  page.evaluate(
    ([where, text]) => {
      try {
        if (where === 'html') document.createElement('div').innerHTML = text;
        else if (where === 'script') document.createElement('script').text = text;
        else if (where === 'worker') new Worker(text).terminate();
        else document.createElement('script').src = text;
        return 'taken';
      } catch (error) {
        return (error as Error).name;
      }
    },
    [place, value] as const,
  );

test('our own pages break none of their policies', async ({ page, stack }) => {
  const violations: string[] = [];
  await page.exposeFunction('tellViolation', (text: string) => violations.push(text));
  await page.addInitScript(() => {
    const { tellViolation } = window as unknown as { tellViolation: (text: string) => void };
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, sourceFile, sample }) =>
      tellViolation(`${effectiveDirective} ${sourceFile} ${sample}`),
    );
  });
  await page.goto(stack.origin);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/s\//);
  await page.getByRole('button', { name: 'Add node' }).first().click();
  await expect(page.getByRole('tab', { name: /node1/ })).toBeVisible();
  expect(violations).toEqual([]);
});

test('strings become code in our pages by our own build alone', async ({ workbench, page, stack, context }) => {
  const free = await context.newPage();
  const answer = await page.request.get(stack.origin);
  expect(answer.headers()).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': expect.stringContaining("require-trusted-types-for 'script'"),
  });
  for (const [place, value] of [
    ['html', '<img src=x onerror=alert(1)>'],
    ['script', 'alert(1)'],
    ['address', 'https://evil.example/x.js'],
    ['address', `/p/${workbench.sessionId}/node1/8080/x.js`],
    ['address', '/_next/static/../../p/aaaaaaaa/node1/80/x.js'],
    ['address', 'data:text/javascript,alert(1)'],
    ['worker', `/p/${workbench.sessionId}/node1/8080/x.js`],
  ] as const) {
    expect([place, value, await attempt(page, place, value)]).toEqual([place, value, 'TypeError']);
    // The same where no policy is: it is ours that refuses.
    if (place !== 'worker') expect([place, value, await attempt(free, place, value)]).toEqual([place, value, 'taken']);
  }
  expect(await attempt(page, 'address', '/_next/static/chunks/x.js')).toBe('taken');
  // Nobody makes a policy beside ours: not under a name of their own, not under ours, and not under that of Next.js, which lets all through.
  const make = (name: string) =>
    page.evaluate((policy) => {
      try {
        const { trustedTypes } = window as unknown as {
          trustedTypes: { createPolicy(name: string, rules: object): void };
        };
        trustedTypes.createPolicy(policy, { createHTML: (text: string) => text });
        return 'made';
      } catch (error) {
        return (error as Error).name;
      }
    }, name);
  for (const name of ['mine', 'default', 'nextjs']) expect([name, await make(name)]).toEqual([name, 'TypeError']);
});

test('every page of ours is apart from other sites and makes no code of strings', async ({ page, stack }) => {
  for (const path of [
    '/',
    '/labs',
    '/library',
    '/operator',
    '/s/aaaaaaaa',
    '/not-there',
    '/dev/stories',
    '/open-port',
  ]) {
    const headers = (await page.request.get(`${stack.origin}${path}`)).headers();
    expect([path, headers]).toEqual([
      path,
      expect.objectContaining({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringMatching(
          /; require-trusted-types-for 'script'; trusted-types (default|'none')$/,
        ),
      }),
    ]);
  }
});

test('terminals, files, dialogs and previews live under that policy', async ({ workbench, page }) => {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) violations.push(message.text());
  });
  await workbench.addNode('node1');
  await workbench.type('echo seen $((40+2)); docker run -d -p 8080:80 drydock/web:1');
  await workbench.expectText('seen 42');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Actions for port 8080' }).click();
  await page.getByRole('menuitem', { name: 'Preview beside the terminal' }).click();
  const frame = page.frameLocator('iframe[title="What port 8080 of node1 answers"]');
  // The way to its cookie leads over our own origin.
  await expect(frame.locator('body')).toContainText('version 1');
  const files = new FilesPanel(page);
  await files.open();
  await files.create('New file', 'a.yaml');
  await files.editor('a.yaml').click();
  await page.keyboard.type('services: {}');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('tab', { name: 'a.yaml', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Share' }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  expect(violations).toEqual([]);
});

test('our own pages are in no frame of ours, and a page of another site holds no handle of them', async ({
  workbench,
  page,
  stack,
  context,
}) => {
  const refused = page.waitForEvent('console', (message) => /frame-src|Framing/.test(message.text()));
  await page.evaluate((path) => {
    const frame = document.createElement('iframe');
    frame.src = path;
    document.body.append(frame);
  }, `/p/${workbench.sessionId}/node1/8080/`);
  await refused;

  const elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<button>open</button>');
  }).listen(0, '127.0.0.1');
  try {
    const foreign = await context.newPage();
    await foreign.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      foreign.evaluate((url) => {
        const { handle } = Object.assign(window, { handle: window.open(url) });
        return handle !== null;
      }, stack.origin),
    ]);
    await opened.waitForLoadState();
    expect(await opened.evaluate(() => window.opener === null)).toBe(true);
    const closed = () => foreign.evaluate(() => (window as unknown as { handle: Window }).handle.closed);
    await expect.poll(closed).toBe(true);
    // A page that does not ask for it stays in the hands of who opened it.
    const [kept] = await Promise.all([
      context.waitForEvent('page'),
      foreign.evaluate(() => void window.open(location.href)),
    ]);
    await kept.waitForLoadState();
    expect(await kept.evaluate(() => window.opener === null)).toBe(false);
    const read = (mode: RequestMode) =>
      foreign.evaluate(
        ([url, how]) =>
          fetch(url, { mode: how }).then(
            () => 'read',
            () => 'refused',
          ),
        [stack.origin, mode] as const,
      );
    expect(await read('no-cors')).toBe('refused');
  } finally {
    elsewhere.close();
  }
});

test('the stories are served in development alone', async ({ page, stack }) => {
  const answer = await page.goto(`${stack.origin}/dev/stories`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});
