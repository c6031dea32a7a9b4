/** A port's page in a pane beside the terminal, shared for a while, and called by the name that its program wants. */
import { expectAccessible, look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('a port is previewed beside its terminal, by its chip and by its number', async ({ workbench, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.addNode('node1');
  await workbench.type('docker run -d --name web -p 8080:80 drydock/web:1');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Actions for port 8080' }).click();
  await expectAccessible(page);
  // For what speaks no HTTP: cli.spec runs such a command.
  await page.getByRole('menuitem', { name: 'Copy the command for other programs' }).click();
  await expect(page.getByText('It holds this session’s link.').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^npm run -s drydock -- forward -s 'http:\/\/localhost:\d+\/s\/[a-z2-7]{8}#[\w-]{40,}' node1:8080$/,
  );
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('button', { name: 'Actions for port 8080' }).click();
  await page.getByRole('menuitem', { name: 'Preview beside the terminal' }).click();
  const frame = page.frameLocator('iframe[title="What port 8080 of node1 answers"]');
  await expect(frame.locator('body')).toContainText('version 1');

  // The terminal is still there, and tiles can be made wider over the frame, which would swallow the pointer.
  await expect(workbench.screen).toBeVisible();
  const separator = page.getByRole('separator');
  const at = await separator.boundingBox();
  await page.mouse.move((at?.x ?? 0) + 2, 500);
  await page.mouse.down();
  await page.mouse.move((at?.x ?? 0) - 160, 500, { steps: 6 });
  await page.mouse.up();
  expect((await separator.boundingBox())?.x).toBeLessThan((at?.x ?? 0) - 120);
  await page.mouse.move((at?.x ?? 0) - 158, 500);
  await page.mouse.down();
  await page.mouse.move((at?.x ?? 0) + 60, 500, { steps: 6 });
  await page.mouse.up();
  expect((await separator.boundingBox())?.x).toBeGreaterThan((at?.x ?? 0) - 40);
  await look(page, 'preview');

  await page.reload();
  await expect(frame.locator('body')).toContainText('version 1');

  // A port by number, on which nothing listens yet: an honest page, and the program as soon as there is one.
  await page.getByRole('button', { name: 'Open port…' }).click();
  await page.getByRole('textbox', { name: 'Port number' }).fill('8123');
  await page.getByRole('button', { name: 'Preview', exact: true }).click();
  const later = page.frameLocator('iframe[title="What port 8123 of node1 answers"]');
  await expect(later.locator('body')).toContainText('Nothing listens on port 8123');
  await page.getByRole('tab', { name: 'node1', exact: true }).click();
  await workbench.type('docker run -d -p 8123:80 drydock/web:2');
  await expect(later.locator('body')).toContainText('version 2', { timeout: 60_000 });
});

test('a private port is shared for a while with somebody who gets nothing else', async ({
  browser,
  workbench,
  page,
  stack,
}) => {
  await workbench.addNode('node1');
  await workbench.type('docker run -d -p 8080:80 drydock/web:1');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Actions for port 8080' }).click();
  await page.getByRole('menuitem', { name: 'Share for a while…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share port 8080 of node1' });
  await dialog.getByRole('radio', { name: '15 minutes' }).click();
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await expect(dialog.getByRole('img', { name: 'The link' })).toBeVisible();
  await expectAccessible(page);
  const link = await dialog.getByRole('textbox', { name: 'The link' }).inputValue();

  const stranger = await browser.newContext();
  const guest = await stranger.newPage();
  await guest.goto(link);
  await expect(guest.locator('body')).toContainText('version 1');
  await guest.goto(`${stack.origin}/s/${workbench.sessionId}`);
  await expect(guest.getByRole('main')).toContainText('opens nothing');
  await stranger.close();
});
