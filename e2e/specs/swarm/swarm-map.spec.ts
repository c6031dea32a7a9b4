/** The swarm's map in a real browser: tasks are seen as they are placed, scaled and updated; each is a press away from its logs. */
import type { Locator, Page } from '@playwright/test';
import { look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

const IMAGE = 'drydock/web';

const panel = (page: Page): Locator => page.getByRole('region', { name: 'Swarm', exact: true });
const running = (page: Page, name = ''): Locator =>
  panel(page).locator(`[data-phase="running"]${name === '' ? '' : `[aria-label^="${name}"]`}`);

test.describe('the swarm map', () => {
  test.setTimeout(420_000);

  test('shows a swarm from its first command to a rolling update, by mouse, by keys and as tables', async ({
    workbench,
    page,
  }) => {
    await workbench.addNode('node1');
    await page.getByRole('button', { name: 'Swarm', exact: true }).first().click();
    await expect(panel(page)).toContainText('No swarm yet');
    await look(page, 'swarm-empty');
    await panel(page).getByRole('button', { name: 'Start a swarm on node1' }).click();
    await expect(panel(page).getByRole('heading', { name: 'node1' })).toBeVisible({ timeout: 60_000 });
    await expect(panel(page).getByText('Leader', { exact: true })).toBeVisible();
    // The sidebar says it too.
    await expect(
      page.getByRole('complementary').getByRole('img', { name: 'Swarm manager, leader', exact: true }),
    ).toBeVisible();

    await page.getByRole('button', { name: 'Add node' }).first().click();
    await workbench.expectPrompt('node2');
    await workbench.type(
      'docker swarm join --token $(ssh node1 docker swarm join-token -q worker) 192.168.0.11:2377; ssh node1',
    );
    await workbench.expectPrompt('node1');
    await expect(panel(page).getByRole('heading', { name: 'node2' })).toBeVisible({ timeout: 60_000 });

    await workbench.type(`docker service create -d --name web -p 8080:80 --replicas 6 ${IMAGE}:1`);
    await expect(running(page)).toHaveCount(6, { timeout: 120_000 });
    for (const node of ['node1', 'node2']) {
      await expect(
        panel(page)
          .getByRole('list', { name: `Tasks on ${node}` })
          .getByRole('button'),
      ).toHaveCount(3);
    }
    await expect(panel(page).getByRole('link', { name: 'Open port 8080 of web' })).toBeVisible();
    // Published ports reach the chips of every node that answers.
    await expect(workbench.portLink(8080)).toBeVisible();
    await look(page, 'swarm-map');

    await workbench.type('docker service scale -d web=9');
    await expect(running(page)).toHaveCount(9, { timeout: 120_000 });

    // An update is something one sees: both versions side by side on the way, then the new one alone.
    await workbench.type(
      `docker service update -d --image ${IMAGE}:2 --update-order start-first --update-delay 1s --update-parallelism 2 web`,
    );
    await expect(panel(page)).toContainText(/Updating: \d of 9 on 2/, { timeout: 60_000 });
    await expect(
      running(page).filter({ hasText: '1' }).and(page.locator('[aria-label*="version 1"]')).first(),
    ).toBeVisible();
    await expect(panel(page).locator('[data-phase="running"][aria-label*="version 2"]').first()).toBeVisible({
      timeout: 60_000,
    });
    await page.screenshot({ path: 'e2e/test-results/screens/swarm-update.png' });
    await expect(panel(page).locator('[data-phase="running"][aria-label*="version 2"]')).toHaveCount(9, {
      timeout: 120_000,
    });

    // By keys: Tab reaches one tile, arrows walk, Enter opens, Escape goes back.
    await running(page, 'web.1,').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const details = panel(page).getByRole('region', { name: /^Task web\.\d$/ });
    await expect(details.getByRole('heading')).toBeFocused();
    await expect(details.getByRole('region', { name: /^Logs of web/ })).not.toContainText('Reading…');
    await details.getByRole('button', { name: 'Inspect' }).click();
    await expect(details.getByRole('region', { name: /^docker inspect/ })).toContainText('"com.docker.swarm.task.id"');
    await look(page, 'swarm-task');
    await details.getByRole('button', { name: 'Close the task' }).click();
    await expect(details).toBeHidden();

    // The same facts as tables.
    await panel(page).getByRole('button', { name: 'Table' }).click();
    await expect(panel(page).getByRole('table', { name: 'Tasks' }).getByRole('row')).toHaveCount(10);
    await expect(panel(page).getByRole('table', { name: 'Services' })).toContainText('9 of 9 running');
    await expect(panel(page).getByRole('table', { name: 'Nodes of the swarm' })).toContainText('Leader');
    await look(page, 'swarm-table');

    // A terminal in a task's container, on whatever node it runs.
    await panel(page).getByRole('button', { name: 'Map' }).click();
    await page.getByRole('tab', { name: 'node1' }).first().click();
    await workbench.type('docker service create -d --name box busybox sleep 1d');
    await running(page, 'box.1').click({ timeout: 60_000 });
    await panel(page).getByRole('button', { name: 'Terminal in its container' }).click();
    await workbench.expectText(/docker exec -it/);
    await workbench.type('cat /etc/hostname; echo "shell: $0"');
    await workbench.expectText(/[0-9a-f]{12}\s*shell: sh/);
    await panel(page).getByRole('button', { name: 'Close the task' }).click();

    // What fails is seen as such.
    await page.getByRole('tab', { name: 'node1' }).first().click();
    await workbench.type('docker service create -d --name broken --restart-delay 20s busybox false');
    await expect(panel(page).locator('[data-phase="failed"]').first()).toBeVisible({ timeout: 60_000 });
  });

  test('stays quick with eight nodes’ worth of tasks: fifty are readable, two hundred are drawn', async ({
    workbench,
    page,
  }) => {
    await workbench.addNode('node1');
    await page.getByRole('button', { name: 'Swarm', exact: true }).first().click();
    await panel(page).getByRole('button', { name: 'Start a swarm on node1' }).click();
    await expect(panel(page).getByRole('heading', { name: 'node1' })).toBeVisible({ timeout: 60_000 });
    for (const name of ['api', 'cart', 'mail', 'shop', 'stats']) {
      await workbench.type(
        `docker service create -d --name ${name} --replicas 10 --constraint node.labels.never==1 busybox true`,
      );
    }
    // Nothing fits: they wait, and the map says so and why.
    await expect(panel(page).locator('[data-phase="waiting"]')).toHaveCount(50, { timeout: 60_000 });
    await expect(panel(page)).toContainText('no suitable node');
    await page.screenshot({ path: 'e2e/test-results/screens/swarm-50.png' });
    await workbench.type('clear; docker service scale -d api=40 cart=40 mail=40 shop=40 stats=40');
    await expect(panel(page).locator('[data-phase="waiting"]')).toHaveCount(200, { timeout: 60_000 });
    await page.screenshot({ path: 'e2e/test-results/screens/swarm-200.png' });
    await panel(page).getByRole('button', { name: 'Show only mail' }).click();
    await expect(panel(page).getByRole('button', { name: 'Show only mail' })).toHaveAttribute('aria-pressed', 'true');
  });
});
