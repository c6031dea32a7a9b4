/** Takes the pictures of docs/user: `npm run pictures`. Whoever changes the page runs it again, so that the guide shows what there is. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

const FOLDER = fileURLToPath(new URL('../../docs/images/user/', import.meta.url));

test.use({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });

async function take(page: Page, name: string): Promise<void> {
  // What is still fading in would be on the picture as a ghost.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: `${FOLDER}${name}.png` });
}

test('the first page', async ({ landing, page }) => {
  await landing.open();
  await expect(page.getByText('free')).toBeVisible();
  await take(page, 'start');
});

test('a node, files, ports and links', async ({ workbench, page }) => {
  if ((await page.locator('.xterm-rows:visible').count()) === 0) await workbench.addNode('node1');
  else await workbench.expectPrompt('node1');
  await workbench.type('docker run -d --name web -p 8080:80 nginx');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await workbench.type('clear; docker ps');
  await workbench.expectText('8080->80');
  await take(page, 'node');
  await workbench.type('docker run -d -p 8081:80 drydock/web:1; clear');
  await expect(workbench.portLink(8081)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Actions for port 8080' }).click();
  await take(page, 'ports');
  await page.keyboard.press('Escape');
  await workbench.type('printf "services:\\n  web:\\n    image: nginx\\n    ports: [8080:80]\\n" > compose.yaml; clear');
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('treeitem', { name: 'compose.yaml' }).dblclick();
  await expect(page.locator('.cm-content')).toContainText('services');
  await take(page, 'files');
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox').fill('Share');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await take(page, 'share');
});

test('a swarm', async ({ workbench, page }) => {
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox').fill('Add');
  await page.keyboard.press('Escape');
  const nodes = ['node1', 'node2', 'node3'];
  for (const node of nodes) {
    if (node !== 'node1' || (await page.locator('.xterm-rows:visible').count()) === 0) await workbench.addNode(node);
  }
  await page.getByRole('button', { name: 'Open node1' }).click();
  await workbench.type('docker swarm init >/dev/null; docker swarm join-token -q worker > t; clear');
  await workbench.type('for n in 2 3; do ssh node$n docker swarm join --token $(cat t) node1:2377; done');
  await workbench.type('clear; docker service create --name web --replicas 6 -p 8080:80 -q drydock/web:1');
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('combobox').fill('Swarm');
  await page.keyboard.press('Enter');
  await expect(page.getByText('6 tasks')).toBeVisible({ timeout: 90_000 });
  await take(page, 'swarm');
});

test('a lab', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/labs/first-container`);
  await page.getByRole('button', { name: 'Start this lab' }).click();
  const panel = page.getByRole('region', { name: 'Lab' });
  await panel.getByRole('button', { name: 'Begin' }).click();
  await panel.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect(panel.locator('[data-light="passed"]').first()).toBeVisible({ timeout: 60_000 });
  await take(page, 'lab');
});
