/** The tests' own `test`: knows the stack, opens the landing page, and fails on errors that the page logs. */
import { test as base, expect } from '@playwright/test';
import type { LabPage } from '../pages/lab-page.ts';
import { LandingPage } from '../pages/landing-page.ts';
import type { Stack } from './stack.ts';

export const test = base.extend<{ stack: Stack; landing: LandingPage; lab: LabPage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's form.
  stack: async ({}, use) => {
    const given = process.env.DRYDOCK_E2E_STACK;
    if (!given) throw new Error('the stack was not started');
    await use(JSON.parse(given) as Stack);
  },
  landing: async ({ page, stack }, use) => {
    await use(new LandingPage(page, stack.origin));
  },
  /** A fresh session's lab page; the session is closed by the API afterwards if the test did not. */
  lab: async ({ landing, page, stack }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await landing.open();
    const lab = await landing.start();
    await use(lab);
    await page.request.delete(`${stack.origin}/api/v1/sessions/${lab.sessionId}`, {
      headers: { origin: stack.origin },
    });
    expect(problems, 'uncaught errors in the page').toEqual([]);
  },
});

export { expect };
