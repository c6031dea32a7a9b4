import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openRealHost } from '../testing/real-host.ts';
import { runtimeContract } from './runtime.contract.ts';

const IMAGES = process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images';
const unable =
  process.getuid?.() !== 0
    ? 'nodes need root'
    : existsSync(join(IMAGES, 'node/current/rootfs'))
      ? undefined
      : `no node image below ${IMAGES}`;

describe.skipIf(unable !== undefined)(`the runc runtime${unable ? ` (skipped: ${unable})` : ''}`, () => {
  runtimeContract(async () => {
    const { runtime, close } = await openRealHost(IMAGES);
    return { runtime, close };
  });
});
