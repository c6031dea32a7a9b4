/** lxcfs, which tells nodes their own memory, processors and uptime: whether this host runs it, how, and where. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';

const RUN = join(REPO, 'infra/supervisor/lxcfs.sh');

/** @param {Record<string, string>} settings */
export function hasLxcfs(settings) {
  return settings.DRYDOCK_LXCFS !== '0' && existsSync('/usr/bin/lxcfs') && existsSync('/dev/fuse');
}

/** Where it is mounted. @param {import('../common/paths.mjs').Layout} layout */
export function lxcfsDirectory({ runInstance }) {
  return join(runInstance, 'lxcfs');
}

/** @param {import('../common/paths.mjs').Layout} layout */
export function lxcfsCommand(layout) {
  return ['sh', RUN, lxcfsDirectory(layout)];
}

/**
 * Takes away what a server that was killed has left mounted: until then nothing may delete the directory around it.
 * @param {import('../common/paths.mjs').Layout} layout
 * @throws {Error} when it stays mounted
 */
export function unmountLxcfs(layout) {
  const directory = lxcfsDirectory(layout);
  const isMounted = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${directory} fuse`);
  while (isMounted()) {
    const { status, stderr } = spawnSync('umount', ['--lazy', directory], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${directory} stays mounted: ${stderr}`);
  }
}
