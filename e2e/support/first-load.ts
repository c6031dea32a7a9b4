/** The scripts that a page loads at first, as they go over the wire. */
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';

/**
 * Opens `url` and gives the size (bytes, each script gzipped) of all scripts of its first load. `last` is what the last of them draws: a
 * busy machine may be quiet on the network before it has asked for that.
 */
export async function firstLoadBytes(page: Page, url: string, last?: Locator): Promise<number> {
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await last?.waitFor();
  return (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body, { level: 6 }).length, 0);
}
