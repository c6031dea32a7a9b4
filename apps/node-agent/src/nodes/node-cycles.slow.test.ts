import { describe, expect, test } from 'vitest';
import { whyNoNodes } from '../testing/env.ts';
import { runCycles } from '../testing/nodes/node-cycles.ts';

const unable = whyNoNodes();
/** A new one each time; a failure names it. */
const seed = Math.floor(Math.random() * 2 ** 31);

describe.skipIf(unable !== undefined)(`nodes that come and go${unable ? ` (skipped: ${unable})` : ''}`, () => {
  test(`300 sessions, and an agent that is killed amid every tenth, leave nothing (seed ${seed})`, {
    timeout: 3_600_000,
  }, async () => {
    const { remains, failures, kills } = await runCycles(300, 0.1, seed);
    expect(remains).toEqual([]);
    expect(failures).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  });
});
