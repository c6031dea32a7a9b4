/** What integration tests read of the environment, and whether this machine can make nodes at all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built images lie. */
export const IMAGES = process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images';

/** Why tests with real nodes must be skipped here, in words; undefined when they can run. `needed` are paths below IMAGES. */
export function whyNoNodes(needed: readonly string[] = ['node/current/rootfs']): string | undefined {
  if (process.getuid?.() !== 0) return 'nodes need root';
  const missing = needed.find((path) => !existsSync(join(IMAGES, path)));
  return missing === undefined ? undefined : `no ${missing} below ${IMAGES}`;
}
