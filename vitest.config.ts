import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source'], externalConditions: ['source'] } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['{packages,apps}/**/src/**/*.test.{ts,tsx}', 'infra/**/*.test.mjs'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.integration.test.*'],
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 20_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['{packages,apps}/**/src/**/*.integration.test.ts', 'infra/**/*.integration.test.mjs'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Nodes share two cores and the host's namespaces; side by side they would only wait for one another.
          fileParallelism: false,
        },
      },
    ],
  },
});
