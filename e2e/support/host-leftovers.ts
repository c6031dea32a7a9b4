/** What of a session is still on the host, by the names that Drydock gives (docs/operations.md: dd-*, cgroup `drydock`, the state directory). */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

function namesOf(command: string, args: string[], sessionId: string): string[] {
  return execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(sessionId));
}

/** Disks of the stack that no node's directory leads to: their names say nothing of whose they were. */
function lostDisks(stateDir: string): string[] {
  const names = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);
  const disks = names(join(stateDir, 'disks')).map((name) => join(stateDir, 'disks', name));
  const nodes = names(join(stateDir, 'nodes')).flatMap((session) =>
    names(join(stateDir, 'nodes', session)).map((node) => join(stateDir, 'nodes', session, node)),
  );
  const linked = nodes.flatMap((node) =>
    ['disk', 'disk.img'].flatMap((link) => {
      try {
        return [readlinkSync(join(node, link))];
      } catch {
        return []; // It is gone by now, or not made yet.
      }
    }),
  );
  return disks.filter((disk) => !linked.includes(disk));
}

/** Every namespace, link, mount, loop device, cgroup and directory that still carries the session's id. */
export function hostLeftovers(sessionId: string, stateDir: string): string[] {
  const cgroupRoots = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)];
  return [
    ...namesOf('ip', ['netns', 'list'], sessionId).map((line) => `netns ${line}`),
    ...namesOf('ip', ['-o', 'link'], sessionId).map((line) => `link ${line}`),
    ...namesOf('losetup', ['-a'], sessionId).map((line) => `loop ${line}`),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(sessionId))
      .map((line) => `mount ${line}`),
    ...cgroupRoots.map((root) => `${root}/drydock/${sessionId}`).filter((path) => existsSync(path)),
    ...lostDisks(stateDir).map((disk) => `disk ${disk}`),
    ...[`${stateDir}/nodes/${sessionId}`].filter((path) => existsSync(path)),
  ];
}
