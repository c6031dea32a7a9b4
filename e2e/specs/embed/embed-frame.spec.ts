/** The frame on pages of other sites: real nodes for a visitor who is not signed in, and what a hostile page may not do. */
import { EmbedPage } from '../../pages/embed-page.ts';
import { type EmbedSite, startEmbedSite } from '../../support/embed-origins.ts';
import { exercisePage, plainPage } from '../../support/embed-pages.ts';
import { firstLoadBytes } from '../../support/first-load.ts';
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

/** Scripts of the frame but those that draw terminals (bytes, gzipped): a promise of docs/SPECIFICATION.md. */
const FRAME_BYTES = 250 * 1024;

let site: EmbedSite;
test.beforeAll(async ({ stack }) => {
  // Another site than the installation, which is on localhost.
  site = await startEmbedSite(stack.origin, '127.0.0.1');
});
test.afterAll(() => site.close());

/** A browser that lets frames of other sites keep nothing, as its strict settings do. */
function blockStorage(): void {
  if (window.parent === window) return;
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'] as const)
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
}

test('a visitor runs an exercise on two nodes of a Docusaurus page, without storage or cookies, and a reload goes on', async ({
  page,
  context,
}) => {
  await context.addInitScript(blockStorage);
  site.addPage('docusaurus', exercisePage('docusaurus'));
  const embed = new EmbedPage(page);
  await page.goto(site.page('docusaurus'));
  await embed.start();
  await embed.expectPrompt('node1');
  await expect(embed.frame().getByRole('tab', { name: 'node2' })).toBeVisible();
  // The first text is asked for in the frame, in full; nothing is typed before.
  await page.getByRole('button', { name: 'Run in node1' }).click();
  const ask = embed.frame().getByRole('alert', { name: /wants to type/ });
  await expect(ask).toContainText(`${new URL(site.origin).host} wants to type`);
  await expect(ask).toContainText('docker run -d --name web -p 8080:80 nginx');
  await expect(embed.frame().getByRole('region', { name: 'Terminal node1' })).not.toContainText('--name web');
  await embed.frame().getByRole('button', { name: 'Let it type' }).click();
  await expect(page.getByRole('status').first()).toHaveText('Finished with 0', {
    timeout: 60_000,
  });
  await embed.run(1);
  await expect(embed.frame().getByRole('region', { name: 'Terminal node2' })).toContainText('page.html');
  await expect(embed.frame().getByRole('button', { name: 'Open port 8080 of node1' })).toBeVisible();
  await expectAccessible(page);

  await page.reload();
  await embed.frame().getByRole('tab', { name: 'node2' }).click();
  await expect(embed.frame().getByRole('region', { name: 'Terminal node2' })).toContainText('page.html');
  expect(await context.cookies()).toEqual([]);
  // A port opens in a tab, where its cookie is at first hand.
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    embed.frame().getByRole('button', { name: 'Open port 8080 of node1' }).click(),
  ]);
  await expect(tab.getByRole('heading', { name: 'Welcome to nginx!' })).toBeVisible();
  await page.evaluate(() => (document.querySelector('drydock-terminal') as unknown as { end(): void }).end());
  await expect(embed.frame().getByRole('heading', { name: 'The session was closed' })).toBeVisible();
});

/** A page that makes the frame itself and says what it wants to it. */
const HOSTILE = `<iframe id="f" sandbox="allow-scripts allow-same-origin allow-popups"></iframe><script>
  window.said = [];
  const nonce = 'abcdefghijklmnopqrstuv', frame = document.querySelector('iframe');
  const greet = (data, port) => frame.contentWindow.postMessage(data, 'EMBED_ORIGIN', [port]);
  addEventListener('message', ({ data, source }) => {
    if (data !== 'drydock-listens' || source !== frame.contentWindow) return;
    for (const wrong of [{ drydock: 1, nonce: nonce.replace('a', 'b') }, { drydock: 9, nonce }, nonce]) {
      const forged = new MessageChannel();
      greet(wrong, forged.port2);
      forged.port1.onmessage = ({ data }) => said.push(['forged', data]);
      forged.port1.postMessage({ type: 'start' });
    }
    // Another window of the page is not the one that shows the frame.
    const inner = document.querySelector('#inner').contentWindow, other = new MessageChannel();
    inner.eval('send = (port) => parent.document.getElementById("f").contentWindow.postMessage({ drydock: 1, nonce: "' + nonce + '" }, "EMBED_ORIGIN", [port])');
    inner.send(other.port2);
    other.port1.onmessage = ({ data }) => said.push(['other', data]);
    other.port1.postMessage({ type: 'start' });
    const { port1, port2 } = new MessageChannel();
    greet({ drydock: 1, nonce }, port2);
    port1.onmessage = ({ data }) => said.push(['mine', data]);
    window.ask = (request) => port1.postMessage(request);
  });
  frame.src = 'EMBED_ORIGIN/embed?nodes=1#' + nonce;
</script><iframe id="inner"></iframe>`;

test('a hostile page types nothing before the visitor’s own press in the frame, and never learns what is typed', async ({
  page,
}) => {
  site.addPage('hostile', `<!doctype html><title>x</title><style>iframe{width:50rem;height:30rem}</style>${HOSTILE}`);
  await page.goto(site.page('hostile'));
  const frame = page.locator('#f').contentFrame();
  const said = () =>
    page.evaluate(() => (window as unknown as { said: [string, { type: string; code?: string }][] }).said);
  const ask = (request: object) =>
    page.evaluate((what) => (window as unknown as { ask(what: object): void }).ask(what), request);
  await expect.poll(async () => (await said()).map(([, { type }]) => type)).toEqual(['state']);
  expect((await said()).map(([who]) => who)).toEqual(['mine']);

  // Before any start a text is refused, not kept.
  await ask({ type: 'run', id: 1, text: 'echo early' });
  await expect.poll(async () => (await said()).at(-1)?.[1]).toEqual({ type: 'ran', id: 1, code: 'FORBIDDEN' });
  await expect(frame.getByRole('button', { name: 'Start' })).toBeVisible();
  // The page starts it: nodes come, and its texts wait for the visitor.
  await ask({ type: 'start' });
  await ask({ type: 'run', id: 2, text: 'echo forged' });
  await ask({ type: 'write', id: 3, path: '/root/forged', content: 'x' });
  await ask({ type: 'token' });
  const terminal = frame.getByRole('region', { name: 'Terminal node1' });
  await expect(terminal).toContainText('root@node1:', { timeout: 60_000 });
  await expect(frame.getByRole('alert', { name: /wants to type/ })).toContainText('echo forged');
  await expect(frame.getByRole('alert', { name: /wants to type/ })).toContainText('1 more text');
  await expect(terminal).not.toContainText('forged');
  await frame.getByRole('button', { name: 'No', exact: true }).click();
  await expect
    .poll(async () => (await said()).slice(-2).map(([, news]) => news))
    .toEqual([
      { type: 'ran', id: 2, code: 'FORBIDDEN' },
      { type: 'ran', id: 3, code: 'FORBIDDEN' },
    ]);
  // What the visitor types is theirs.
  await terminal.locator('textarea').focus();
  await page.keyboard.type('ls /root; echo sec""ret-$((40+2))\n');
  await expect(terminal).toContainText('secret-42');
  await expect(terminal).not.toContainText('forged');
  expect(JSON.stringify(await said())).not.toMatch(/secret|root@|token/);
  await ask({ type: 'end' });
  await expect.poll(async () => (await said()).at(-1)?.[1]).toMatchObject({ type: 'state', state: 'ended' });
});

test('what cannot be started is told in the frame and to the page, with its code', async ({ page }) => {
  site.addPage(
    'refused',
    plainPage(
      `<drydock-lab src="no-such-lab"></drydock-lab><script>addEventListener('drydock-error', ({ detail }) => { window.told = detail; });</script>`,
    ),
  );
  const embed = new EmbedPage(page);
  await page.goto(site.page('refused'));
  await embed.start();
  await expect(embed.frame().getByRole('main')).toContainText('There is no lab of that name.');
  expect(await page.evaluate(() => (window as unknown as { told: object }).told)).toMatchObject({
    code: 'UNKNOWN_LAB',
  });
});

test('the frame’s scripts before terminals fit the promise, and a tab of its own says what it is', async ({
  page,
  stack,
}) => {
  const said = page.getByRole('heading', { name: 'This is a window for other pages' });
  const bytes = await firstLoadBytes(page, `${stack.origin}/embed`, said);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(FRAME_BYTES);
});
