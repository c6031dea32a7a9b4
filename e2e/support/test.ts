/** The tests' own `test`: knows the stack, opens the landing page, and fails on errors that the page logs. */
import { test as base, expect } from '@playwright/test';
import { LandingPage } from '../pages/landing-page.ts';
import type { WorkbenchPage } from '../pages/workbench-page.ts';
import type { Stack } from './stack.ts';

export const test = base.extend<{ stack: Stack; landing: LandingPage; workbench: WorkbenchPage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's form.
  stack: async ({}, use) => {
    const given = process.env.DRYDOCK_E2E_STACK;
    if (!given) throw new Error('the stack was not started');
    await use(JSON.parse(given) as Stack);
  },
  landing: async ({ page, stack }, use) => {
    await use(new LandingPage(page, stack.origin));
  },
  /** A fresh session's workbench; the session is closed by the API afterwards if the test did not. */
  workbench: async ({ landing, page, stack }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await landing.open();
    const workbench = await landing.start();
    await use(workbench);
    await page.request.delete(`${stack.origin}/api/v1/sessions/${workbench.sessionId}`, {
      headers: { origin: stack.origin },
    });
    expect(problems, 'uncaught errors in the page').toEqual([]);
  },
});

export { expect };
