import { expect, inject, it } from 'vitest';
import { runChaos } from './chaos-run.ts';

it.each(inject('seeds'))(
  'a site that is broken in every way once loses no session, no key and no node, keeps none and lets no stranger in (seed %i)',
  async (seed) => {
    const { faults, blows, counts } = await runChaos({ seed, blows: 5, managers: 2, hosts: 1, sessions: 3 });
    expect({ faults, blows }).toMatchObject({ faults: [] });
    // A load that did nothing would keep every promise.
    expect(Math.min(counts.keys, counts.created, counts.strangers)).toBeGreaterThan(3);
  },
  240_000,
);
