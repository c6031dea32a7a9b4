/** The scripts that a page loads at first, as they go over the wire. */
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';

/** Opens `url` and gives the size (bytes, each script gzipped) of all scripts of its first load. */
export async function firstLoadBytes(page: Page, url: string): Promise<number> {
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  return (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body, { level: 6 }).length, 0);
}
