/** The main job, as a newcomer does it: start, node, docker run, port link, second node, close. */
import { hostLeftovers } from '../../support/host-leftovers.ts';
import { expect, test } from '../../support/test.ts';

test('a newcomer gets a real Docker host in the browser and leaves nothing behind', async ({
  landing,
  page,
  stack,
  context,
}) => {
  await landing.open();
  const workbench = await landing.startNode();
  await workbench.expectPrompt('node1');
  await expect(page.getByRole('timer')).toContainText(/3:59:|4:00:00/);

  await workbench.type('docker version');
  await workbench.expectText('Client:');
  await workbench.expectText('Server:');
  // The header alone. The words around the number keep it apart from the prompt that follows.
  await workbench.type('clear; echo "lines: $(docker images | wc -l)."');
  await workbench.expectText('lines: 1.');

  await workbench.type('clear; docker run --rm busybox echo hello');
  await workbench.expectText(/Downloaded newer image for busybox/);
  await workbench.expectText(/busybox:latest\s*hello(\s|\[)/);

  await workbench.type('clear; docker run -d -p 8080:80 nginx');
  const link = workbench.portLink(8080);
  await expect(link).toBeVisible({ timeout: 60_000 });
  const [opened] = await Promise.all([context.waitForEvent('page'), link.click()]);
  await expect(opened.locator('body')).toContainText(/nginx/i);
  await opened.close();

  await workbench.addNode('node2');
  await workbench.type('ping -c 1 node1');
  await workbench.expectText('1 received');

  await workbench.close();
  await page.waitForURL((url) => !url.pathname.startsWith('/s/'));
  await expect.poll(() => hostLeftovers(workbench.sessionId, stack.stateDir), { timeout: 20_000 }).toEqual([]);
});
