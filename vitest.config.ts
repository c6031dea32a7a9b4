import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of suites of random harm: each runs once with each of them. */
    seeds: number[];
  }
}

const resolve = { conditions: ['source'] };
/** What is waited for is often done by another process: the runner's own second is too short for it on a busy machine (ms). */
const patient = { poll: { timeout: 10_000 } };
const ssr = { resolve: { conditions: ['source'], externalConditions: ['source'] } };

/** Under `npm test` and in CI, where a small machine does other things too; who develops has all processors. */
const isJudging = process.env.CI !== undefined || process.env.VITEST_OUTCOME !== undefined;

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          provide: { seeds: [20_261_124] },
          include: ['{packages,apps}/**/src/**/*.test.{ts,tsx}', 'infra/**/*.test.mjs'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.integration.test.*', '**/*.slow.test.*'],
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 20_000,
          expect: patient,
          // Most of their time they wait. What compares times is an integration test: those run alone.
          ...(isJudging ? { maxWorkers: 2 } : {}),
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
          expect: patient,
          // Nodes share two cores and the host's namespaces; side by side they would only wait for one another.
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          // Minutes each, and the better the quieter the machine: property tests over bad links, three-node swarms, more seeds.
          name: 'slow',
          provide: { seeds: [1, 2, 3, 4, 5, 6] },
          include: [
            '{packages,apps}/**/src/**/*.slow.test.ts',
            'apps/*/src/{fuzz,chaos}/*.test.ts',
            'infra/**/*.slow.test.mjs',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: patient,
          fileParallelism: false,
        },
      },
    ],
  },
});
