import { availableParallelism } from 'node:os';
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

const NEVER = ['**/node_modules/**', '**/dist/**'];
/** Tests that start programs, and wait for them. */
const STARTS_PROGRAMS = ['{packages,apps}/**/src/**/*.process.test.ts', 'apps/*/src/{fuzz,chaos}/*.test.ts'];

/** Under `npm test` and in CI, where a small machine does other things too; who develops has all processors. */
const isJudging = process.env.CI !== undefined || process.env.VITEST_OUTCOME !== undefined;
/** Most of their time they wait. What compares times is an integration test: those run alone. */
const maxWorkers = isJudging ? 2 : 2 * availableParallelism();

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['{packages,apps}/**/src/**/*.test.{ts,tsx}', 'infra/**/*.test.mjs'],
          exclude: [...NEVER, ...STARTS_PROGRAMS, '**/*.integration.test.*', '**/*.slow.test.*'],
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 20_000,
          expect: patient,
          // A fresh process and a fresh copy of every module for each of 180 files would be two thirds of all the work.
          isolate: false,
          maxWorkers,
        },
      },
      {
        resolve,
        ssr,
        test: {
          // Needs what a host has installed, though no root: Redis, several managers, the command line as a program.
          name: 'process',
          provide: { seeds: [20_261_124] },
          include: STARTS_PROGRAMS,
          exclude: NEVER,
          server: { deps: { inline: [/@drydock\//] } },
          testTimeout: 20_000,
          expect: patient,
          maxWorkers,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['{packages,apps}/**/src/**/*.integration.test.ts', 'infra/**/*.integration.test.mjs'],
          exclude: NEVER,
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
          exclude: NEVER,
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
