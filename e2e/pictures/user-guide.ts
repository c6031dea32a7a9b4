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
