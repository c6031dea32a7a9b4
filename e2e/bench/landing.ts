/**
 * The landing page: the size of its first scripts, and Lighthouse's scores (desktop). Lighthouse is no dependency: it would double what
 * every installation downloads. `npx` fetches it, once, for this part alone; where it cannot, its figures are left out.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { CHROMIUM } from '../playwright.config.ts';
import { firstLoadBytes } from '../support/first-load.ts';
import type { Figures } from './figures.ts';

const run = promisify(execFile);
/** The last one that runs on Node.js 20. */
const LIGHTHOUSE = 'lighthouse@12.8.2';
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const LIMIT_MS = 300_000;

interface Report {
  categories: Record<string, { score: number | null }>;
}

async function scores(origin: string): Promise<Report> {
  const flags = ['--headless=new', ...CHROMIUM.args].join(' ');
  const args = ['--yes', LIGHTHOUSE, origin, '--preset=desktop', '--output=json', '--quiet', `--chrome-flags=${flags}`];
  const { stdout } = await run('npx', [...args, `--only-categories=${CATEGORIES.join(',')}`], {
    env: { ...process.env, CHROME_PATH: CHROMIUM.executablePath },
    maxBuffer: 64 * 1024 ** 2,
    timeout: LIMIT_MS,
  });
  return JSON.parse(stdout) as Report;
}

export async function benchLanding(origin: string, figures: Figures): Promise<void> {
  const browser = await chromium.launch(CHROMIUM);
  try {
    figures.value('landing.first-scripts', 'bytes gzip', await firstLoadBytes(await browser.newPage(), origin));
  } finally {
    await browser.close();
  }
  const { categories } = await scores(origin).catch((error: Error) => {
    process.stderr.write(`Lighthouse did not run: ${error.message}\n`);
    return { categories: {} } as Report;
  });
  for (const name of CATEGORIES) {
    const score = categories[name]?.score;
    if (score != null) figures.value(`landing.lighthouse.${name}`, 'of 100', Math.round(score * 100));
  }
}
