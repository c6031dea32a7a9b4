/** The whole page below a path of its origin: pages, assets, calls, sockets, downloads and the way back. */

import { freePort } from '@drydock/testkit';
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { type Stack, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

test.describe('below a path', () => {
  test.describe.configure({ timeout: 900_000 });
  let own: Stack;
  let base = '';

  test.beforeAll(async () => {
    // A stack of its own; a busy machine takes minutes to start one.
    test.setTimeout(300_000);
    const port = String(await freePort());
    base = `http://localhost:${port}/tools/lab`;
    own = await startStack({ DRYDOCK_PORT: port, DRYDOCK_PUBLIC_URL: base });
  });
  test.afterAll(async () => stopStack(own));

  test('a session is started, used, left and come back to', async ({ page }) => {
    const outside: string[] = [];
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === new URL(base).origin && !pathname.startsWith('/tools/lab')) outside.push(pathname);
    });
    await page.goto(base);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForURL(/\/tools\/lab\/s\/[a-z2-7]{8}/);
    const workbench = new WorkbenchPage(page, page.url().slice(-8));
    await workbench.ready();
    await workbench.expectPrompt('node1');
    await workbench.type('docker run -d -p 8080:80 drydock/web:1');
    await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Actions for port 8080' }).click();
    await page.getByRole('menuitem', { name: 'Preview beside the terminal' }).click();
    await expect(page.frameLocator('iframe').locator('body')).toContainText('version 1');
    await page.reload();
    await workbench.expectText('docker run -d -p 8080:80');
    await page.getByRole('link', { name: 'To the start page' }).click();
    await expect(page).toHaveURL(/\/tools\/lab\/?$/);
    await page.getByRole('link', { name: /^Continue/ }).click();
    await workbench.expectText('docker run -d -p 8080:80');
    expect(outside).toEqual([]);
    await workbench.close();
    await expect(page).toHaveURL(/\/tools\/lab\/?$/);
  });
});
