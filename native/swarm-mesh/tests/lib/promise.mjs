/** Runs one test file: a promise that swarm-mesh keeps. Exit status 0 kept, 1 broken, 77 cannot be tried here, as run-tests.sh wants it. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createWorld, program } from './world.mjs';

/** Thrown by a test that cannot run here. */
export class Skip extends Error {}

/** @returns {string | undefined} */
function reasonToSkip() {
  if (process.getuid?.() !== 0) return 'needs root, for network namespaces';
  for (const tool of ['ip', 'nft', 'iptables', 'iptables-restore', 'nsenter']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `needs ${tool}`;
  }
  if (!fs.existsSync(program)) return `${program} is not built`;
  return undefined;
}

/**
 * @param {string} sentence what is promised
 * @param {(world: Awaited<ReturnType<typeof createWorld>>) => Promise<void>} check
 */
export async function promise(sentence, check) {
  const reason = reasonToSkip();
  if (reason) {
    process.stdout.write(`${reason}\n`);
    process.exit(77);
  }
  const world = await createWorld();
  let status = 0;
  try {
    await check(world);
    process.stdout.write(`${sentence}\n`);
  } catch (error) {
    status = error instanceof Skip ? 77 : 1;
    const logs = world.meshes.map((mesh) => `swarm-mesh said:\n${mesh.log}`).join('\n');
    process.stdout.write(status === 77 ? `${error.message}\n` : `broken: ${sentence}\n${error.stack}\n${logs}\n`);
  }
  await world.close();
  process.exit(status);
}

/** @param {unknown} condition @param {string} sentence */
export function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}
