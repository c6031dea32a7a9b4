/** The timeline in a real browser: what happens is written down as it happens, stays over a reload, and can be copied. */
import { look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('the timeline tells what happened, to the page that saw it and to one that comes later', async ({
  workbench,
  page,
  context,
}) => {
  test.setTimeout(240_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.addNode('node1');
  await page.getByRole('button', { name: 'Timeline', exact: true }).first().click();
  const panel = page.getByRole('region', { name: 'Timeline', exact: true });
  await expect(panel).toContainText('The session was created');
  await expect(panel).toContainText('The node was added');
  await expect(panel).toContainText('Docker is ready');

  await workbench.type('docker run -d --name web -p 8080:80 nginx && sleep 2 && docker rm -f web');
  await expect(panel).toContainText('Image nginx:latest was pulled', { timeout: 60_000 });
  await expect(panel).toContainText('Container web started: nginx');
  await expect(panel).toContainText('Port 8080/tcp was opened');
  await expect(panel).toContainText(/Container web ended: exit code \d+/);
  await expect(panel).toContainText('Port 8080/tcp was closed');
  // A container that is killed for want of memory says so, not only that it ended.
  await workbench.type(`docker run --rm --name greedy --memory 16m --memory-swap 16m busybox sh -c 'tail /dev/zero'`);
  await expect(panel).toContainText('Container greedy ran out of memory', { timeout: 60_000 });
  // So does a process of the node itself that the node's limit ends; the page says it at once.
  await workbench.type('tail /dev/zero');
  await expect(page.getByText(/^node1: 1 process was stopped for want of memory/)).toBeVisible({ timeout: 60_000 });
  await expect(panel).toContainText('The node ran out of memory: 1 process stopped');
  await look(page, 'timeline');

  await page.reload();
  await expect(panel).toContainText('Container web started: nginx', { timeout: 30_000 });
  const entries = panel.getByRole('listitem');
  await expect(entries.last()).toContainText('The session was created');
  await panel.getByRole('button', { name: 'Copy as text' }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report.split('\n')[0]).toContain(workbench.sessionId);
  expect(report).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z node1 +container-died +web exit code \d+ \([0-9a-f]{12}\) \[\d+-\d+\]$/m,
  );
});
