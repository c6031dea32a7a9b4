/** What a person sees: each page at three widths, light and dark, with no accessibility violation that axe can find. */
import { firstLoadBytes } from '../../support/first-load.ts';
import { expectAccessible, look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

/** What a first visitor waits for over a slow line (bytes, gzipped): a promise of docs/SPECIFICATION.md. */
const FIRST_LOAD_BYTES = 170 * 1024;

test('the landing page’s scripts fit the promise', async ({ page, stack }) => {
  const bytes = await firstLoadBytes(page, stack.origin);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
});

test('landing', async ({ landing, page }) => {
  await landing.open();
  await look(page, 'landing');
});

test('the library page lists what nodes can pull, in words to type', async ({ landing, page }) => {
  await landing.open();
  await page.getByRole('link', { name: 'Image library' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The image library');
  for (const name of ['busybox', 'debian', 'nginx', 'redis', 'python', 'node', 'drydock/web']) {
    await expect(page.getByRole('button', { name: `Copy docker pull ${name}`, exact: true })).toBeVisible();
  }
  await look(page, 'library');
  await page.getByLabel('Search images').fill('hello');
  await expect(page.getByRole('listitem')).toHaveCount(1);
  await expect(page.getByText('docker pull hello-world')).toBeVisible();
  await page.getByLabel('Search images').fill('nosuch');
  await expect(page.getByText('No image of this library matches “nosuch”.')).toBeVisible();
});

test('workbench, empty and with a node', async ({ workbench, page }) => {
  await look(page, 'workbench-empty');
  await workbench.addNode('node1');
  await workbench.type('docker run -d -p 8080:80 nginx');
  await expect(workbench.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await look(page, 'workbench-node');
});

test('a session that does not exist says so', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/s/aaaaaaaa`);
  await expect(page.getByRole('main')).toContainText(/no such session|does not open|not found|ended/i);
  await look(page, 'unknown-session');
});

test('every dialog opens from the palette, can be read by all, and closes with Escape', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const dialogs = [
    'Settings',
    'Keyboard shortcuts',
    'Share',
    'Add node with a name',
    'Open a port of node1',
    'Delete node1',
    'Close session',
  ];
  for (const name of dialogs) {
    await page.getByRole('button', { name: 'Commands', exact: true }).click();
    await page.getByRole('combobox').fill(name);
    if (name === dialogs[0]) await expectAccessible(page);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
    await expect(dialog).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await page.screenshot({
        path: `e2e/test-results/screens/dialog-${name.toLowerCase().replaceAll(' ', '-')}-${colorScheme}.png`,
      });
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('with the system’s own colours and without motion everything that can be pressed or is chosen is told apart', async ({
  workbench,
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  for (const button of await page.getByRole('button', { name: 'Add node', exact: true }).all()) {
    await expect(button).toHaveCSS('outline-style', 'solid');
  }
  await page.getByRole('button', { name: 'Settings' }).click();
  const background = (name: string) =>
    page
      .getByRole('radio', { name, exact: true })
      .last()
      .evaluate((radio) => getComputedStyle(radio).backgroundColor);
  expect(await background('Dark')).not.toBe(await background('High contrast'));
  await page.screenshot({ path: 'e2e/test-results/screens/forced-colours.png' });
  await page.goto(new URL('/', page.url()).href);
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toHaveCSS('outline-style', 'solid');
  // A change of colour takes a frame all the same; what goes on moving is motion.
  const moving = () =>
    page.evaluate(
      () =>
        document.getAnimations().filter(({ playState, effect }) => playState === 'running' && effect !== null).length,
    );
  await expect.poll(moving).toBe(0);
  expect(workbench.sessionId).toHaveLength(8);
});
