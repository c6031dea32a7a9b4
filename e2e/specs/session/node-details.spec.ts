/** A node's limits and what its host cannot do, from its menu; the limits are those that hold in the node. */
import { createSession } from '../../support/api.ts';
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('the page says what a node has and cannot do', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await page.getByRole('button', { name: 'Actions for node1' }).click();
  await page.getByRole('menuitem', { name: 'Limits and features' }).click();
  const dialog = page.getByRole('dialog', { name: 'Limits and features of node1' });
  await expect(dialog).toContainText(/Memory[\d.]+ MiB of 2 GiB/);
  await expect(dialog).toContainText(/Processes\d+ of 4,096/);
  await expect(dialog).toContainText('Files and folders on its disk1,310,720');
  await expect(dialog).toContainText(/Open files of a process[\d,]+/);
  await expect(dialog).toContainText('1,024 at once, 100 new a second');
  await expect(dialog).toContainText('Images for linux/');
  await expectAccessible(page);
  await page.screenshot({ path: 'e2e/test-results/screens/node-details.png' });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('what is told of inodes and open files is what holds in the node', async ({ stack }) => {
  const session = await createSession(stack.origin);
  try {
    const { limits } = await session.addNode('node1');
    const bounds = (await session.get()).features?.bounds;
    const { stdout } = await session.sh('node1', 'df --output=itotal / | tail -1; ulimit -n');
    const [inodes = 0, files = 0] = stdout.trim().split(/\s+/).map(Number);
    expect(files).toBe(bounds?.files);
    expect(Math.abs(inodes / (limits.diskBytes / (bounds?.bytesPerInode ?? 1)) - 1)).toBeLessThan(0.02);
  } finally {
    await session.close();
  }
});
