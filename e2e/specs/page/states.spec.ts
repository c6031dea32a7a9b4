/**
 * The honest states of the page, each on a real stack of its own with little room, each looked at: opening, reconnecting, no room,
 * a stopped engine, a lost node, and an ended session whose files can still be fetched. (The empty session: screens.spec.ts.)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Page, WebSocketRoute } from '@playwright/test';
import { LandingPage } from '../../pages/landing-page.ts';
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { type ApiSession, createSession } from '../../support/api.ts';
import { look } from '../../support/look.ts';
import { type Stack, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const WIDTHS = { widths: [1440, 390] };
/** A session of this length (hours) has its files retained for a quarter of it: long enough to look at, short enough to wait for. */
const SHORT_HOURS = 60 / 3600;

/** The first process of a node, as the host sees it: the agent notes it with the node, whatever runc called that one in the pool. */
function firstProcess({ stateDir }: Stack, sessionId: string, node: string): number {
  const plan = readFileSync(`${stateDir}/nodes/${sessionId}/${node}/enter.plan`, 'utf8');
  const pid = Number(/^pid (\d+)$/m.exec(plan)?.[1]);
  if (!(pid > 1)) throw new Error(`${node} of ${sessionId} has no first process`);
  return pid;
}

async function open(page: Page, session: ApiSession): Promise<WorkbenchPage> {
  await page.goto(session.created.links.owner);
  const workbench = new WorkbenchPage(page, session.id);
  await workbench.ready();
  return workbench;
}

test.describe('honest states', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 });
  let own: Stack;
  let session: ApiSession;
  let short: ApiSession;

  test.beforeAll(async () => {
    // A stack of its own; a busy machine takes minutes to start one.
    test.setTimeout(300_000);
    own = await startStack({ DRYDOCK_MAX_SESSIONS: '2' });
    session = await createSession(own.origin);
    await Promise.all([session.addNode('node1'), session.addNode('node2')]);
    await session.dockerReady('node1');
  });
  test.afterAll(async () => stopStack(own));

  test('while the session opens the page says so', async ({ page }) => {
    let connect = () => {};
    // The way to the server is slow: nothing passes until it is let through.
    await page.routeWebSocket(/socket\.io/, async (socket) => {
      await new Promise<void>((resolve) => {
        connect = resolve;
      });
      socket.connectToServer();
    });
    await page.goto(session.created.links.owner);
    await expect(page.getByText('Opening your session…')).toBeVisible();
    await look(page, 'state-opening', WIDTHS);
    connect();
    await expect(page.getByRole('button', { name: 'Add node' }).first()).toBeVisible();
  });

  test('while the connection is away it says that processes go on, and that nothing was lost', async ({ page }) => {
    const sockets: WebSocketRoute[] = [];
    let isCut = false;
    await page.routeWebSocket(/socket\.io/, async (socket) => {
      if (isCut) return socket.close();
      socket.connectToServer();
      sockets.push(socket);
    });
    const workbench = await open(page, session);
    await workbench.expectPrompt('node1');
    isCut = true;
    for (const socket of sockets) await socket.close();
    await expect(page.getByText('Reconnecting… your processes keep running.')).toBeVisible();
    await look(page, 'state-reconnecting', WIDTHS);
    isCut = false;
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    await expect(page.getByText('Back. Nothing was lost.')).toBeVisible();
  });

  test('a stopped engine is down, not starting, and the page knows the way back', async ({ page }) => {
    const workbench = await open(page, session);
    await workbench.expectPrompt('node1');
    const card = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Open node1' }) });
    await expect(card).toContainText('Docker is ready');
    await session.sh('node1', 'service docker stop');
    await expect(card).toContainText('Docker is down');
    await look(page, 'state-docker-down', WIDTHS);
    await page.getByRole('button', { name: 'Actions for node1' }).click();
    await page.getByRole('menuitem', { name: 'Restart Docker' }).click();
    await expect(card).toContainText('Docker is ready', { timeout: 60_000 });
  });

  test('a node that died is lost, and the page says what to do', async ({ page }) => {
    await open(page, session);
    execFileSync('kill', ['-9', String(firstProcess(own, session.id, 'node2'))]);
    await expect(page.getByText('node2 was lost with its host. Add a node to go on.', { exact: true })).toBeVisible();
    const card = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Open node2' }) });
    await expect(card).toContainText('Its host went away and took it along. Delete it and add another.');
    await look(page, 'state-node-lost', WIDTHS);
  });

  test('without room Start waits, says when it tries again, and goes on by itself', async ({ page }) => {
    short = await createSession(own.origin, { hours: SHORT_HOURS });
    await short.addNode('node1');
    await short.sh('node1', 'echo "to be kept" > /root/kept.txt');
    const landing = new LandingPage(page, own.origin);
    await landing.open();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByText('Every host is full right now', { exact: true })).toBeVisible();
    await expect(page.getByText(/^Trying again in/)).toBeVisible();
    await look(page, 'state-no-room', WIDTHS);
    await session.close();
    await page.waitForURL(/\/s\/[a-z2-7]{8}/, { timeout: 60_000 });
  });

  test('after its time a session says what can still be fetched and for how long', async ({ page }) => {
    await page.goto(short.created.links.owner);
    await expect(page.getByRole('heading', { name: 'The time is up' })).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('You can still fetch your files. They are removed in')).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download /root of node1' }).click(),
    ]);
    expect(readFileSync(await download.path()).includes('to be kept')).toBe(true);
    await look(page, 'state-retained', WIDTHS);
  });
});
