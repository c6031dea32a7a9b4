/** What a person sees: each page at three widths, light and dark, with no accessibility violation that axe can find. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

const WIDTHS = [1440, 1024, 390];
const SCHEMES = ['light', 'dark'] as const;

async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `e2e/test-results/screens/${name}-${width}-${colorScheme}.png` });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${name} at ${width} does not scroll sideways`).toBeLessThanOrEqual(0);
    }
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target.join(' ')) }))).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('landing', async ({ landing, page }) => {
  await landing.open();
  await look(page, 'landing');
});

test('the library page lists what nodes can pull, in words to type', async ({ landing, page }) => {
  await landing.open();
  await page.getByRole('link', { name: 'Image library' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The image library');
  for (const name of ['busybox', 'debian', 'nginx', 'redis', 'python', 'node', 'drydock/web:1']) {
    await expect(page.getByRole('button', { name: `Copy docker pull ${name}`, exact: true })).toBeVisible();
  }
  await look(page, 'library');
});

test('lab, empty and with a node', async ({ lab, page }) => {
  await look(page, 'lab-empty');
  await lab.addNode('node1');
  await lab.type('docker run -d -p 8080:80 nginx');
  await expect(lab.portLink(8080)).toBeVisible({ timeout: 60_000 });
  await look(page, 'lab-node');
});

test('a session that does not exist says so', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/s/aaaaaaaa`);
  await expect(page.getByRole('main')).toContainText(/no such session|does not open|not found|ended/i);
  await look(page, 'unknown-session');
});
