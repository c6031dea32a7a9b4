/** Every dialog, banner, card and empty state of the workbench, in both themes: a picture of each, and what axe finds. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { type DevPages, startDevPages } from '../../support/dev-pages.ts';

/** Fewer would mean that stories were lost; each kind of dialog has one, by its type. */
const AT_LEAST = 45;
const SCHEMES = ['light', 'dark'] as const;

let pages: DevPages;
test.beforeAll(async () => {
  pages = await startDevPages();
});
test.afterAll(() => pages.stop());

/** What axe calls serious or critical, by story. */
async function seriousIn(page: Page, story: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('nextjs-portal').analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${story}: ${id} at ${node.target.join(' ')}`));
}

/** Shows a story and waits until nothing in it is loading or fading in. */
async function show(page: Page, story: string): Promise<void> {
  await page.evaluate((name) => {
    window.location.hash = name;
  }, story);
  await expect(page.locator(`[data-story="${story}"]`)).toBeAttached();
  await expect(page.getByText('Opening…', { exact: true })).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
}

test('each story can be read by all, in both themes, and has its picture', async ({ page }) => {
  test.setTimeout(600_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${pages.origin}/dev/stories`);
  const list = page.locator('[data-stories]');
  await expect(list).toBeVisible({ timeout: 120_000 });
  const stories = (await list.getAttribute('data-stories'))?.split(' ') ?? [];
  expect(stories.length).toBeGreaterThanOrEqual(AT_LEAST);
  const serious: string[] = [];
  for (const story of stories) {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      if (colorScheme === SCHEMES[0]) await show(page, story);
      await page.waitForTimeout(250);
      await page.screenshot({ path: `e2e/test-results/stories/${story}-${colorScheme}.png` });
      serious.push(...(await seriousIn(page, `${story} (${colorScheme})`)));
    }
  }
  expect(serious).toEqual([]);
});
