/** Commands and outputs as text, from the shell's marks: opened, read and left by keyboard alone. */
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('each command, its output and its end are read one by one', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type('echo first-$((40+2)); ls /nowhere');
  await workbench.expectText('first-42');
  await workbench.type('seq 1 450; echo la"st"');
  await workbench.expectText('last');
  await expect(workbench.screen).toContainText(/last.*root@node1:~# *$/);

  await page.keyboard.press('Control+Shift+O');
  const dialog = page.getByRole('dialog', { name: 'Commands and outputs' });
  await expect(dialog.getByRole('heading', { level: 3 })).toHaveText('seq 1 450; echo la"st"');
  await expect(dialog).toContainText('Command 2 of 2');
  await expect(dialog).toContainText('Part 1 of 3');
  await expectAccessible(page);
  await page.screenshot({ path: 'e2e/test-results/screens/outputs.png' });
  const output = dialog.getByRole('region');
  await expect(output).toContainText(/^1\n2\n/);
  await dialog.getByRole('button', { name: 'Lines after' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(output).toContainText(/450\nlast$/);

  await dialog.getByRole('button', { name: 'Older command' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('heading', { level: 3 })).toHaveText('echo first-$((40+2)); ls /nowhere');
  await expect(output).toContainText('first-42');
  await expect(dialog).toContainText('Ended with code 2');

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await workbench.type('echo back-$((1+1))');
  await workbench.expectText('back-2');
});
