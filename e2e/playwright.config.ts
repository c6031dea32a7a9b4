import { defineConfig } from '@playwright/test';

/** Chromium flags for a machine without a GPU and without the internet. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Minutes of noise or of waiting for an end, nodes without guards, stacks of their own, a hundred pictures: `npm run test:slow` makes them. */
const SLOW = [
  'noisy-neighbour',
  'escape-weakened',
  'swarm-paths',
  'book-swarm-losses',
  'spans-hosts',
  'path-prefix',
  'states',
  'stories',
  'session-links',
  'own-labs',
  'embed-hosts',
];

/** How the browser is started, for the bench too. */
export const CHROMIUM = { executablePath: process.env.DRYDOCK_CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS };

export default defineConfig({
  testDir: 'specs',
  testIgnore: process.env.E2E_SLOW ? [] : SLOW.map((name) => `${name}.spec.ts`),
  outputDir: 'test-results',
  globalSetup: './support/global-setup.ts',
  globalTeardown: './support/global-teardown.ts',
  // One stack, two cores: side by side the tests would only wait for one another.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: CHROMIUM,
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
