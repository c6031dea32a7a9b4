/** A session's links on its page: replaced, withdrawn; and the way on after the session's end. */
import { expect, test } from '../../support/test.ts';

test('a link is replaced and withdrawn on the page, and after the end the same is started again', async ({
  landing,
  page,
  browser,
}) => {
  await landing.open();
  const workbench = await landing.startNode();
  await workbench.expectPrompt('node1');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const watch = page.getByRole('textbox', { name: 'Copy the link: Watch' });
  const first = await watch.inputValue();
  const guest = await browser.newPage();
  await guest.goto(first);
  await expect(guest.locator('.xterm-rows:visible').first()).toContainText('root@node1:', { timeout: 30_000 });

  await page.getByRole('button', { name: 'New link: Watch' }).click();
  await page.getByRole('button', { name: 'Replace it' }).click();
  await expect(guest.getByRole('heading', { name: 'This link was withdrawn' })).toBeVisible();
  await expect(watch).not.toHaveValue(first);
  await guest.goto(await watch.inputValue());
  await expect(guest.locator('.xterm-rows:visible').first()).toContainText('root@node1:', { timeout: 30_000 });

  await page.getByRole('button', { name: 'Withdraw: Watch' }).click();
  await page.getByRole('button', { name: 'Withdraw it' }).click();
  await expect(guest.getByRole('heading', { name: 'This link was withdrawn' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Withdraw: Watch' })).toBeHidden();
  await expect(watch).toBeHidden();
  // What others hold of the other rights is left alone.
  await guest.goto(await page.getByRole('textbox', { name: 'Copy the link: Work together' }).inputValue());
  await expect(guest.locator('.xterm-rows:visible').first()).toContainText('root@node1:', { timeout: 30_000 });
  await page.keyboard.press('Escape');

  await workbench.close();
  await expect(guest.getByRole('heading', { name: 'The session was closed' })).toBeVisible();
  await guest.getByRole('button', { name: 'Start the same again' }).click();
  await guest.waitForURL((url) => url.pathname.startsWith('/s/') && !url.pathname.endsWith(workbench.sessionId));
  await expect(guest.locator('.xterm-rows:visible').first()).toContainText('root@node1:', { timeout: 30_000 });
  const again = /\/s\/([a-z2-7]{8})/.exec(guest.url())?.[1] ?? '';
  const { origin } = new URL(guest.url());
  await guest.request.delete(`${origin}/api/v1/sessions/${again}`, { headers: { origin } });
  await guest.close();
});
