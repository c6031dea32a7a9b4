/** The main job, as a newcomer does it: start, node, docker run, port link, second node, close. */
import { hostLeftovers } from '../support/host-leftovers.ts';
import { expect, test } from '../support/test.ts';

test('a newcomer gets a real Docker host in the browser and leaves nothing behind', async ({
  lab,
  page,
  stack,
  context,
}) => {
  await expect(page.getByRole('timer')).toContainText(/3:59:|4:00:00/);

  await lab.addNode('node1');
  await lab.type('docker version');
  await lab.expectText('Client:');
  await lab.expectText('Server:');
  // The header alone. The words around the number keep it apart from the prompt that follows.
  await lab.type('clear; echo "lines: $(docker images | wc -l)."');
  await lab.expectText('lines: 1.');

  await lab.type('clear; docker run --rm busybox echo hello');
  await lab.expectText(/Downloaded newer image for busybox/);
  await lab.expectText(/busybox:latest\s*hello(\s|\[)/);

  await lab.type('clear; docker run -d -p 8080:80 nginx');
  const link = lab.portLink(8080);
  await expect(link).toBeVisible({ timeout: 60_000 });
  const [opened] = await Promise.all([context.waitForEvent('page'), link.click()]);
  await expect(opened.locator('body')).toContainText(/nginx/i);
  await opened.close();

  await lab.addNode('node2');
  await lab.type('ping -c 1 node1');
  await lab.expectText('1 received');

  await lab.close();
  await page.waitForURL((url) => !url.pathname.startsWith('/s/'));
  await expect.poll(() => hostLeftovers(lab.sessionId, stack.stateDir), { timeout: 20_000 }).toEqual([]);
});
