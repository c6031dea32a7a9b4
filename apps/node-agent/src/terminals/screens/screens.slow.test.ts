import { sessionIdSchema } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { hostileOutput } from '../../testing/fuzz/hostile-output.ts';
import { createScreenModel } from './screen-model.ts';
import { createScreenPool } from './screen-pool.ts';

const SIZES = [
  { cols: 40, rows: 8 },
  { cols: 160, rows: 50 },
  { cols: 1000, rows: 500 },
];

test.each(inject('seeds'))(
  'no output makes a screens’ process fail or wait for long (seed %i)',
  async (seed) => {
    const pool = createScreenPool(createLogger('test', 'silent'));
    try {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...SIZES), hostileOutput(1500), async (size, output) => {
          const faults: string[] = [];
          const model = createScreenModel({
            size,
            openEmulator: (at) => pool.open(sessionIdSchema.parse('abcdefgh'), at),
            onDrained: () => undefined,
            onFault: (fault) => void faults.push(fault.message),
          });
          model.feed(Buffer.from(output));
          model.resize({ cols: size.cols - 1, rows: size.rows + 1 > 500 ? 400 : size.rows + 1 });
          model.feed(Buffer.from(output));
          await model.serialize();
          expect(faults).toEqual([]);
          model.dispose();
        }),
        { seed, numRuns: 8 },
      );
    } finally {
      pool.close();
    }
  },
  120_000,
);
