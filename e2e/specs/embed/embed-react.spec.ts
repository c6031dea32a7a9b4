/** The React wrapper in strict mode, in a real browser: a recording frame stands for the installation. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { startEmbedOrigins } from '../../support/embed-origins.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

test('a React page in strict mode loads the script once, keeps its frame over renders, and hears each event once', async ({
  page,
}, info) => {
  const bundle = info.outputPath('react-app.js');
  execFileSync(`${ROOT}node_modules/.bin/esbuild`, [
    ...[`${ROOT}packages/embed/testing/react-app.mjs`, '--bundle', `--outfile=${bundle}`, '--conditions=source'],
    '--define:process.env.NODE_ENV="development"',
  ]);
  const origins = await startEmbedOrigins();
  origins.addPage(
    'react',
    `<!doctype html><html data-server="EMBED_ORIGIN"><body><div id="root"></div><script>${readFileSync(bundle, 'utf8').replaceAll('</script', '<\\/script')}</script></body></html>`,
  );
  const problems: unknown[] = [];
  page.on('pageerror', (error) => problems.push(error));
  await page.goto(origins.page('react'));
  await expect(page.locator('drydock-terminal')).toHaveCount(2);
  await page.getByRole('button', { name: 'Start', exact: true }).first().click();
  await expect(page.locator('#nodes')).toHaveText('node1 node2');
  await page.getByRole('button', { name: 'Again 0' }).click();
  await expect(page.getByRole('button', { name: 'Again 1' })).toBeVisible();
  expect(await page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard)).toEqual([['ready', 0]]);
  const frame = page.frames().find((each) => each.url().startsWith(`${origins.installation}/embed`));
  expect(frame?.url()).toContain('nodes=2');
  const recorded = await frame?.evaluate(
    () => (window as unknown as { recorded: { type: string; theme?: { fontSize?: number } }[] }).recorded,
  );
  expect(recorded?.filter(({ type }) => type === 'start')).toHaveLength(1);
  expect(recorded?.find(({ type }) => type === 'theme')?.theme?.fontSize).toBe(18);
  expect(origins.asked.filter((path) => path === '/embed.js')).toHaveLength(1);
  expect(problems).toEqual([]);
  await origins.close();
});
