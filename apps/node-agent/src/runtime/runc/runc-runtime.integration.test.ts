import { describe } from 'vitest';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { openRealHost } from '../../testing/nodes/real-host.ts';
import { runtimeContract } from '../runtime.contract.ts';

const unable = whyNoNodes();

describe.skipIf(unable !== undefined)(`the runc runtime${unable ? ` (skipped: ${unable})` : ''}`, () => {
  runtimeContract(async () => {
    const { runtime, close } = await openRealHost(IMAGES);
    return { runtime, close };
  });
});
