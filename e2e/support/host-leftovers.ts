/** What of a session is still on the host, by the names that Drydock gives (docs/operations.md: dd-*, cgroup `drydock`, the state directory). */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

function namesOf(command: string, args: string[], sessionId: string): string[] {
  return execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(sessionId));
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
    ...[`${stateDir}/nodes/${sessionId}`].filter((path) => existsSync(path)),
  ];
}
