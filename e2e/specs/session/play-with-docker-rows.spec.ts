/**
 * Every feature that people had in Play with Docker, by its row, with its better answer: walked here, or in the test that the index names.
 * Rows that are left out say why.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { createSession } from '../../support/api.ts';
import { expectAccessible, look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

/** Where a row is walked: in a step of this file, in a test of another file, or nowhere for a reason. */
type Place = 'here' | { test: string } | { leftOut: string };

const ROWS: Record<number, [feature: string, place: Place]> = {
  1: ['Start without a login', { test: 'a newcomer gets a real Docker host in the browser and leaves nothing behind' }],
  2: ['the session’s address and its links', 'here'],
  3: ['#node selects a node', 'here'],
  4: ['countdown, extend', 'here'],
  5: ['close session asks', 'here'],
  6: ['a new node takes nobody’s focus; refusals are told', 'here'],
  7: ['node list', 'here'],
  8: ['Windows nodes', { leftOut: 'a Linux container host has none' }],
  9: ['templates', 'here'],
  10: ['settings are kept', 'here'],
  11: ['delete a node asks', 'here'],
  12: ['editor and tree', { test: 'a file is made, edited, saved, seen by the shell, renamed and deleted' }],
  13: ['open a port by number', { test: 'a port is previewed beside its terminal, by its chip and by its number' }],
  14: ['port chips', { test: 'a port is previewed beside its terminal, by its chip and by its number' }],
  15: ['address of a node', 'here'],
  16: ['gauges', 'here'],
  17: [
    'a node in one’s own terminal',
    { test: 'a node’s shell in one’s own terminal: keys go to the node, the size follows, its end is the command’s' },
  ],
  18: ['upload by drop', { test: 'files and folders are uploaded by dropping them on the tree or on a terminal' }],
  19: ['several terminals of a node, tabs and tiles', 'here'],
  20: ['full screen', 'here'],
  21: ['font size by keys', 'here'],
  22: ['clear', 'here'],
  23: ['copy and paste', 'here'],
  24: ['shared session', { test: 'people see who is here, follow one another, and see who left' }],
  25: [
    'reconnecting',
    { test: 'while the connection is away it says that processes go on, and that nothing was lost' },
  ],
  26: ['a lost node is told as such', { test: 'a node that died is lost, and the page says what to do' }],
  27: ['the end of a session', { test: 'after its time a session says what can still be fetched and for how long' }],
  28: ['no room', { test: 'without room Start waits, says when it tries again, and goes on by itself' }],
  29: ['leaving the page loses nothing', 'here'],
  30: ['stack builder', { test: 'a link with a stack starts it in a fresh node, and says how that went' }],
  31: ['badges', { test: 'a link with a stack starts it in a fresh node, and says how that went' }],
  32: ['names and ssh between nodes', 'here'],
  33: ['docker-machine', { leftOut: 'docker-machine is dead; the API’s exec and files take its place' }],
  34: ['training site', { leftOut: 'tutorial pages are no part of the workbench' }],
};

const walked = new Set<number>();

/** A row's walk, under its number and name. */
async function row(number: number, walk: () => Promise<void>): Promise<void> {
  await test.step(`row ${number}: ${ROWS[number]?.[0]}`, walk);
  walked.add(number);
}

test.describe('rows of Play with Docker', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 });

  test('links, nodes and time', async ({ browser, context, workbench, page }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.addNode('node1');
    const other = await browser.newContext();
    const guest = new WorkbenchPage(await other.newPage(), workbench.sessionId);

    await row(2, async () => {
      // What stands in the address bar opens nothing for others; links do, each with its right.
      expect(new URL(page.url()).hash).toBe('');
      await guest.page.goto(page.url());
      await expect(guest.page.getByRole('main')).toContainText('opens nothing');
      await page.getByRole('button', { name: 'Share' }).click();
      const link = await page.getByRole('textbox', { name: /together/i }).inputValue();
      await page.keyboard.press('Escape');
      await guest.page.goto(link);
      await guest.expectPrompt('node1');
    });
    await row(6, async () => {
      await page.getByRole('button', { name: 'Add node with a name…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill('node1');
      await dialog.getByRole('button', { name: 'Add this node' }).click();
      await expect(dialog.getByRole('alert')).toBeVisible();
      await dialog.getByRole('textbox').fill('web1');
      await dialog.getByRole('button', { name: 'Add this node' }).click();
      await workbench.expectPrompt('web1');
      // The other person's page shows it, and stays with the terminal they type in.
      await expect(guest.page.getByRole('button', { name: 'Open web1', exact: true })).toBeVisible();
      await guest.expectPrompt('node1');
    });
    const card = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: 'Open web1', exact: true }) });
    await row(7, () => expect(card).toContainText('Docker is ready'));
    await row(15, async () => {
      await card.getByRole('button', { name: /^Copy the address of web1/ }).click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^192\.168\.0\.\d+$/);
    });
    await row(16, async () => {
      for (const name of ['CPU', 'RAM', 'Disk']) await expect(card.getByRole('meter', { name })).toBeVisible();
      await expect(card.getByRole('meter', { name: 'RAM' })).not.toHaveAttribute('aria-valuenow', '0');
    });
    await row(32, async () => {
      await workbench.type('echo "it is $(ssh node1 hostname)"; ping -c 1 node1');
      await workbench.expectText('it is node1');
      await workbench.expectText('1 received');
    });
    await row(3, async () => {
      await page.goto(`${page.url()}#node1`);
      await workbench.expectPrompt('node1');
      await expect(page.getByRole('button', { name: 'Open node1', exact: true })).toHaveAttribute(
        'aria-current',
        'true',
      );
    });
    await row(4, async () => {
      await page.getByRole('button', { name: 'Extend' }).click();
      await page.getByRole('menuitem', { name: 'Extend by 1 hour' }).click();
      await expect(page.getByRole('timer')).toContainText('4:59:');
      await expect(guest.page.getByRole('timer')).toContainText('4:59:');
      await expect(page.getByText('Extended. 5 h left now.', { exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Dismiss' }).click();
    });
    await row(11, async () => {
      await page.getByRole('button', { name: 'Actions for web1' }).click();
      await page.getByRole('menuitem', { name: 'Delete node' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete node' }).click();
      await expect(page.getByRole('button', { name: 'Open web1', exact: true })).toBeHidden();
    });
    await row(5, async () => {
      await workbench.type('echo kept-$((60+6))');
      await workbench.expectText('kept-66');
      await workbench.askToClose();
      const dialog = page.getByRole('alertdialog');
      await expect(dialog).toContainText('1 node with containers, images, volumes and files');
      await dialog.getByRole('button', { name: 'files, shell history, timeline' }).click();
      const keep = page.getByRole('dialog', { name: 'Take it home' });
      await expectAccessible(page);
      await page.screenshot({ path: 'e2e/test-results/screens/take-home.png' });
      const saved = async (name: string) => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          keep.getByRole('button', { name }).click(),
        ]);
        return readFileSync(await download.path(), 'utf8');
      };
      expect(await saved('Download the timeline as text')).toContain('node-added');
      expect(await saved('Download the shell history of every node')).toContain('# node1\necho kept-$((60+6))');
      expect(await saved('Download /root of node1 as tar')).toContain('root/.bashrc');
      await page.keyboard.press('Escape');
      await workbench.expectPrompt('node1');
    });
    await other.close();
  });

  test('terminals, tiles and settings', async ({ context, workbench, page }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.addNode('node1');
    const rows = page.locator('.xterm-rows:visible');

    await row(23, async () => {
      await workbench.type('echo "copied-$((40+2))"');
      await workbench.expectText('copied-42');
      await page.evaluate(() => navigator.clipboard.writeText('echo pasted-$((50+5))'));
      await page.keyboard.press('Control+Shift+V');
      await page.keyboard.press('Enter');
      await workbench.expectText('pasted-55');
      const word = await rows.first().getByText('copied-42', { exact: true }).boundingBox();
      await page.mouse.dblclick((word?.x ?? 0) + 8, (word?.y ?? 0) + 8);
      await page.keyboard.press('Control+Shift+C');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('copied');
    });
    await row(22, async () => {
      await page.keyboard.press('F1');
      await page.getByRole('combobox', { name: 'Commands' }).fill('Clear the terminal');
      await page.keyboard.press('Enter');
      await expect(workbench.screen).not.toContainText('pasted-55');
    });
    await row(19, async () => {
      await page.keyboard.press('Control+Shift+Enter');
      await expect(page.getByRole('tab', { name: 'node1 (2)' })).toHaveAttribute('aria-selected', 'true');
      await workbench.expectPrompt('node1');
      // By keys: out of the shared tile into one of its own.
      await page.keyboard.press('Alt+Shift+ArrowDown');
      await expect(rows).toHaveCount(2);
      // What is typed goes to both, in a loud colour.
      await page.getByRole('button', { name: 'Broadcast input' }).click();
      await expect(page.getByText('Your typing goes to 2 terminals: node1, node1 (2).')).toBeVisible();
      await workbench.type('echo both-$((3+4))');
      await expect(rows.filter({ hasText: 'both-7' })).toHaveCount(2);
      await expectAccessible(page);
      await page.screenshot({ path: 'e2e/test-results/screens/broadcast.png' });
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      // By mouse: a tab dragged back over the other tile's tabs.
      await page.getByRole('tab', { name: 'node1 (2)' }).dragTo(page.getByRole('tab', { name: 'node1', exact: true }));
      await expect(rows).toHaveCount(1);
      await page.keyboard.press('Alt+Shift+ArrowDown');
      await expect(rows).toHaveCount(2);
    });
    await row(20, async () => {
      await page.keyboard.press('Alt+Enter');
      await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
      await page.keyboard.press('Alt+Enter');
      await expect.poll(() => page.evaluate(() => document.fullscreenElement)).toBeNull();
    });
    await row(21, async () => {
      await page.keyboard.press('Control+=');
      await page.keyboard.press('Control+=');
      await expect.poll(() => rows.first().evaluate((e) => getComputedStyle(e).fontSize)).toBe('16px');
    });
    await row(10, async () => {
      await page.getByRole('button', { name: 'Settings' }).first().click();
      await page.getByRole('radio', { name: 'Solarized light' }).click();
      await page.keyboard.press('Escape');
      await page.reload();
      // Layout, size and colours are as they were.
      await expect(rows).toHaveCount(2);
      await expect.poll(() => rows.first().evaluate((e) => getComputedStyle(e).fontSize)).toBe('16px');
      const host = page.locator('.xterm:visible').first();
      await expect(host.locator('xpath=..')).toHaveCSS('background-color', 'rgb(253, 246, 227)');
    });
    await row(29, async () => {
      // Nothing is lost, so nothing is asked: the browser's own history leads out and back.
      await page.goto('about:blank');
      await page.goBack();
      await expect(rows).toHaveCount(2);
      await workbench.expectText('both-7');
    });
    // A narrow window has one tile, and a wide one its tiles again.
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(rows).toHaveCount(1);
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect(rows).toHaveCount(2);
    await look(page, 'tiles');
  });

  test('templates', async ({ workbench, page }) => {
    await row(9, async () => {
      await page.getByRole('button', { name: 'Add Swarm: 1 manager and 1 worker 2 nodes' }).click();
      const nodes = page.getByRole('complementary', { name: 'Nodes and session' });
      await expect(nodes.getByRole('img', { name: 'Swarm manager, leader', exact: true })).toBeVisible({
        timeout: 90_000,
      });
      await expect(nodes.getByRole('img', { name: 'Swarm worker', exact: true })).toBeVisible({ timeout: 60_000 });
      await workbench.ready();
    });
  });

  test('no row is forgotten: each is walked here, named by a test that exists, or left out for a reason', () => {
    const specs = dirname(import.meta.dirname);
    const titles = readdirSync(specs, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.spec.ts') && !import.meta.filename.endsWith(name))
      .map((name) => readFileSync(join(specs, name), 'utf8'))
      .join('\n');
    for (let number = 1; number <= 34; number += 1) {
      const place = ROWS[number]?.[1];
      expect(place, `row ${number}`).toBeDefined();
      if (place === 'here') expect(walked.has(number), `row ${number} was walked`).toBe(true);
      else if (place !== undefined && 'test' in place)
        expect(titles, `row ${number}`).toContain(`test('${place.test}'`);
    }
  });
});

test('a session’s last minutes are told in time, with a way to extend', async ({ page, stack }) => {
  const session = await createSession(stack.origin, { hours: 602 / 3600 });
  try {
    await page.goto(session.created.links.owner);
    await expect(
      page.getByText('10 minutes left. Extend the session or save what you want to keep.', { exact: true }),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Extend by 1 hour' }).click();
    await expect(page.getByRole('timer')).toContainText('1:0');
  } finally {
    await session.close();
  }
});
