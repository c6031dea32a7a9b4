/** Two people in one session: they see each other by name, one follows the other, and who leaves is gone. */
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('people see who is here, follow one another, and see who left', async ({ browser, workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.addNode('node2');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: /watch/i }).inputValue();
  await page.keyboard.press('Escape');

  const other = await browser.newContext();
  const watcher = new WorkbenchPage(await other.newPage(), workbench.sessionId);
  await watcher.page.goto(link);
  await watcher.page.getByRole('button', { name: '2 people are here' }).click();
  await watcher.page.getByRole('textbox', { name: 'Your name' }).fill('Grace');

  await watcher.page.keyboard.press('Escape');
  // Who may only watch and types is told why nothing happens.
  await watcher.type('echo nothing');
  const why = 'You have view-only access, so nothing is typed. To type, ask for a link that can edit.';
  await expect(watcher.page.getByText(why, { exact: true })).toBeVisible();
  await watcher.page.screenshot({ path: 'e2e/test-results/screens/view-only.png' });

  await page.getByRole('button', { name: '2 people are here' }).click();
  await expect(page.getByRole('button', { name: 'Follow Grace' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
  await expectAccessible(page);
  await page.screenshot({ path: 'e2e/test-results/screens/people.png' });
  await page.keyboard.press('Escape');

  await watcher.page.getByRole('button', { name: '2 people are here' }).click();
  await watcher.page.getByRole('button', { name: 'Follow Ada' }).click();
  await watcher.page.keyboard.press('Escape');
  await expect(watcher.page.getByText('You see the terminal that Ada looks at.')).toBeVisible();
  for (const node of ['node1', 'node2', 'node1']) {
    await page.getByRole('button', { name: `Open ${node}` }).click();
    await watcher.expectPrompt(node);
  }

  await other.close();
  await expect(page.getByRole('button', { name: '1 person is here' })).toBeVisible();
});
