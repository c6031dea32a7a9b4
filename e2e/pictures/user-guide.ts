/** Takes the pictures of docs/user: `npm run pictures`. Whoever changes the page runs it again, so that the guide shows what there is. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { FilesPanel } from '../pages/files-panel.ts';
import { expect, test } from '../support/test.ts';

const FOLDER = fileURLToPath(new URL('../../docs/images/user/', import.meta.url));

test.use({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });

async function take(page: Page, name: string): Promise<void> {
  // What is still fading in would be on the picture as a ghost; an editor's cursor blinks for ever.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  );
  await page.screenshot({ path: `${FOLDER}${name}.png` });
}

test('a node and its ports', async ({ workbench, page }) => {
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
});

test('the files of a node, one of them open', async ({ workbench, page }) => {
  if ((await page.locator('.xterm-rows:visible').count()) === 0) await workbench.addNode('node1');
  else await workbench.expectPrompt('node1');
  await workbench.type(
    `mkdir -p app && printf 'FROM nginx\\nCOPY index.html /usr/share/nginx/html/\\n' > app/Dockerfile; printf '<h1>Hello</h1>\\n' > app/index.html; clear; ls app`,
  );
  await workbench.expectText('index.html');
  const files = new FilesPanel(page);
  await files.open();
  await files.item('app').click();
  await files.item('Dockerfile').click();
  await expect(files.editor('Dockerfile')).toContainText('FROM nginx');
  await take(page, 'files');
});

test('the links of a session', async ({ workbench, page }) => {
  if ((await page.locator('.xterm-rows:visible').count()) === 0) await workbench.addNode('node1');
  else await workbench.expectPrompt('node1');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('textbox', { name: /watch/i })).toBeVisible();
  // A picture for everybody holds no secret, not even of a session that has ended.
  await page.evaluate(() => {
    for (const field of document.querySelectorAll<HTMLInputElement>('[role="dialog"] input')) {
      field.value = field.value.replace(/#.*$/, '#…');
    }
  });
  await take(page, 'sharing');
});

test('a swarm of two nodes, and what happened', async ({ workbench, page }) => {
  test.setTimeout(240_000);
  if ((await page.locator('.xterm-rows:visible').count()) === 0) await workbench.addNode('node1');
  else await workbench.expectPrompt('node1');
  await workbench.addNode('node2');
  await workbench.type('ssh node1 docker swarm init');
  await workbench.expectText('docker swarm join');
  await workbench.type('docker swarm join --token $(ssh node1 docker swarm join-token -q worker) node1:2377; clear');
  await workbench.type('ssh node1 docker service create -d --name web -p 8080:80 --replicas 6 drydock/web:1; clear');
  await page.getByRole('button', { name: 'Swarm', exact: true }).first().click();
  const running = page.getByRole('region', { name: 'Swarm', exact: true }).locator('[data-phase="running"]');
  await expect(running).toHaveCount(6, { timeout: 120_000 });
  await take(page, 'swarm');
  await page.getByRole('button', { name: 'Timeline', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Timeline', exact: true })).toContainText('The node was added');
  await take(page, 'timeline');
});

test('a lab beside a terminal', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/labs/first-container`);
  await page.getByRole('button', { name: 'Start this lab' }).click();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const panel = page.getByRole('region', { name: 'Lab' });
  await panel.getByRole('button', { name: 'Begin' }).click();
  await page.locator('.xterm-rows:visible').filter({ hasText: 'root@node1' }).waitFor();
  await panel.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect(panel.locator('[data-light]:not([data-light="passed"])')).toHaveCount(0, { timeout: 60_000 });
  await take(page, 'lab');
  const id = /\/s\/([a-z2-7]{8})/.exec(page.url())?.[1] ?? '';
  await page.request.delete(`${stack.origin}/api/v1/sessions/${id}`, { headers: { origin: stack.origin } });
});
