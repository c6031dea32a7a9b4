/** TLS and HTTP/2 of our own, and ports on another registrable domain, in a real browser: what its cookies and frames make of it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { createSession } from '../../support/api.ts';
import { nodeServer } from '../../support/node-server.ts';
import { type Stack, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

test.describe('with a certificate and a domain of their own for ports', () => {
  let own: Stack;
  let directory: string;
  let browser: Browser;
  let origin = '';

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's form.
  test.beforeAll(async ({}, info) => {
    test.setTimeout(300_000);
    directory = mkdtempSync('/var/tmp/dd-tls-');
    chmodSync(directory, 0o755);
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const names = 'subjectAltName=DNS:workbench.test,DNS:*.ports.test';
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', [
      'req',
      ...kind,
      '-subj',
      '/CN=workbench.test',
      '-addext',
      names,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    chmodSync(key, 0o644);
    own = await startStack({
      DRYDOCK_DOMAIN: 'workbench.test',
      DRYDOCK_PORTS_DOMAIN: 'ports.test',
      DRYDOCK_TLS_CERT_FILE: cert,
      DRYDOCK_TLS_KEY_FILE: key,
    });
    origin = `https://workbench.test:${own.env.DRYDOCK_PORT}`;
    const { launchOptions } = info.project.use;
    const args = [...(launchOptions?.args ?? []), '--host-resolver-rules=MAP *.test 127.0.0.1'];
    browser = await chromium.launch({ ...launchOptions, args });
  });
  test.afterAll(async () => {
    await browser?.close();
    if (own) await stopStack(own);
    rmSync(directory, { recursive: true, force: true });
  });

  const newContext = (): Promise<BrowserContext> => browser.newContext({ ignoreHTTPSErrors: true });
  const textOf = async (page: Page) => (await page.locator('body').textContent()) ?? '';

  test('pages, sockets and private ports work, and neither side gets the other’s cookies', async () => {
    // Made before the browser looks: Chromium drops its HTTP/2 connections whenever the machine's network changes, as a new session's does.
    const session = await createSession(own.origin);
    await session.addNode('node1');
    const script = nodeServer(8060, [
      'theirs=1; Path=/',
      `__Host-dd_${session.id}=stolen; Path=/; Secure`,
      `dd_${session.id}=stolen; Domain=workbench.test; Path=/`,
      '__Host-ddp=stolen; Path=/; Secure',
      'wide=1; Domain=ports.test; Path=/',
    ]);
    expect((await session.sh('node1', script)).exitCode).toBe(0);
    const context = await newContext();
    const page = await context.newPage();
    await page.goto(session.created.links.owner);
    const protocol = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return navigation?.nextHopProtocol;
    });
    expect(protocol).toBe('h2');
    const workbench = new WorkbenchPage(page, session.id);
    await workbench.ready();
    await expect(workbench.portLink(8060)).toBeVisible({ timeout: 30_000 });
    const url = (await workbench.portLink(8060).getAttribute('href')) ?? '';
    expect(url).toBe(`https://8060-node1-${workbench.sessionId}.ports.test:${own.env.DRYDOCK_PORT}/`);

    const port = await context.newPage();
    await port.goto(url);
    expect(await textOf(port)).toContain('GET / HTTP/1.1');
    await port.reload();
    const head = await textOf(port);
    expect(head).toMatch(/cookie: .*theirs=1/i);
    expect(head).not.toMatch(/ddp|dd_|stolen|authorization/i);
    expect(head).toContain('x-forwarded-proto: https');
    const seen = await context.cookies(url);
    const ours = seen.find(({ name }) => name === '__Host-ddp');
    expect(ours).toMatchObject({ httpOnly: true, secure: true, domain: new URL(url).hostname });
    expect(ours?.value).not.toBe('stolen');
    // Host-only: a program cannot speak to its neighbours' names.
    expect(seen.find(({ name }) => name === 'wide')?.domain).toBe(new URL(url).hostname);
    const main = await context.cookies(origin);
    expect(main.map(({ name }) => name)).toEqual([`__Host-dd_${workbench.sessionId}`]);
    expect(main[0]?.value).not.toBe('stolen');

    // What a page of the node can do to us with the visitor's cookies: nothing.
    const reached = await port.evaluate(
      async ([api]) => {
        const call = (init: RequestInit) =>
          fetch(api, { credentials: 'include', ...init }).then(
            ({ status }) => status,
            () => 'refused',
          );
        return { cookie: document.cookie, read: await call({}), write: await call({ method: 'DELETE' }) };
      },
      [`${origin}/api/v1/sessions/${workbench.sessionId}`] as const,
    );
    expect(reached).toEqual({ cookie: 'theirs=1; wide=1', read: 'refused', write: 'refused' });

    const spoken = await port.evaluate(async () => {
      const socket = new WebSocket(`wss://${location.host}/socket`);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      socket.send('hello');
      const echo = await new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve(data);
      });
      const events: string[] = [];
      const source = new EventSource('/events');
      await new Promise<void>((resolve) => {
        source.onmessage = ({ data }) => events.push(data) === 3 && resolve();
      });
      source.close();
      return { echo, events };
    });
    expect(spoken).toEqual({ echo: 'hello', events: ['1', '2', '3'] });

    // In a frame of the workbench the port is a third party; its cookie is bound to that page.
    await page.bringToFront();
    await page.getByRole('button', { name: 'Actions for port 8060' }).click();
    await page.getByRole('menuitem', { name: 'Preview beside the terminal' }).click();
    const frame = page.frameLocator('iframe[title="What port 8060 of node1 answers"]');
    await expect(frame.locator('body')).toContainText('GET / HTTP/1.1');
    await expect(frame.locator('body')).not.toContainText('ddp');

    const stranger = await newContext();
    const guest = await stranger.newPage();
    await guest.goto(url);
    expect(await textOf(guest)).toContain('Nothing to see here');
    expect(guest.url()).toContain(origin);
    // A typed address without the s ends at the same place.
    await guest.goto(url.replace('https:', 'http:'));
    expect(guest.url()).toContain(origin);
    await stranger.close();
    await context.close();
    await session.close();
  });
});
