import { describe, expect, test } from 'vitest';
import { whyNoNodes } from '../testing/env.ts';
import { runCycles } from '../testing/nodes/node-cycles.ts';

const unable = whyNoNodes();

describe.skipIf(unable !== undefined)(`nodes that come and go${unable ? ` (skipped: ${unable})` : ''}`, () => {
  // node-cycles.slow.test.ts does three hundred.
  test('15 sessions, and an agent that is killed amid four of them, leave nothing', async () => {
    const { remains, failures, kills } = await runCycles(15, 0.2, 20);
    expect(remains).toEqual([]);
    expect(failures).toEqual([]);
    expect(kills).toBe(4);
  });
});
