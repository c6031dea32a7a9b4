/** The first minutes of somebody new, and how a session gets a name and is found again by it. */
import { expect, test } from '../../support/test.ts';

test('Start gives a prompt and says what can be done next; the session gets a name by which it is found again', async ({
  landing,
  page,
}) => {
  await landing.open();
  await expect(page.getByText('ready in 3 s').first()).toBeVisible();
  const workbench = await landing.startNode();
  await workbench.expectPrompt('node1');

  const next = page.getByRole('region', { name: 'What next?' });
  await expect(next.getByRole('listitem')).toHaveCount(3);
  await next.getByRole('button', { name: /^Run a web server/ }).click();
  await expect(next).toBeHidden();
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  // A new terminal knows what has changed since.
  await page.keyboard.press('Control+Shift+Enter');
  await expect(next.getByRole('button', { name: 'Look at port 8080' })).toBeVisible();
  await page.keyboard.type('true');
  await expect(next).toBeHidden();

  await page.getByRole('button', { name: `Rename session ${workbench.sessionId}` }).click();
  await page.getByRole('textbox', { name: 'Session name' }).fill('First lesson');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Rename session First lesson' })).toBeVisible();
  await expect(page).toHaveTitle(/^First lesson/);
  await landing.open();
  await page.getByRole('link', { name: 'Continue First lesson' }).click();
  await workbench.expectText('docker run -d -p 8080:80 nginx');
  await workbench.close();
  await page.waitForURL((url) => !url.pathname.startsWith('/s/'));
});
