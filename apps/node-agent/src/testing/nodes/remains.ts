/** Everything on this machine that could be left of nodes: for tests that nothing is. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has just gone.
  }
}

/** Command lines of all processes, one a line. */
function processes(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`).join('\n');
}

/** Disks that no node's directory leads to: their names say nothing of whose they were. */
function lostDisks(stateDir: string): string[] {
  const disks = join(stateDir, 'disks');
  if (!existsSync(disks)) return [];
  const links = execFileSync('find', [join(stateDir, 'nodes'), '-maxdepth', '3', '-type', 'l'])
    .toString()
    .split('\n');
  const linked = links.filter((link) => link !== '').map((link) => readlinkSync(link));
  return readdirSync(disks).filter((name) => !linked.includes(join(disks, name)));
}

/** What names one of `marks` (sessions, a state directory), a line each; `stateDir` itself may stay, with nothing in its nodes. */
export function remainsOf(stateDir: string, marks: readonly string[]): string[] {
  const found: string[] = [];
  const look = (what: string, text: string) => {
    for (const line of text.split('\n')) {
      if (marks.some((mark) => line.includes(mark))) found.push(`${what}: ${line}`);
    }
  };
  look('mount', readFileSync('/proc/self/mounts', 'utf8'));
  look('loop', execFileSync('losetup', ['-a']).toString());
  look('link', execFileSync('ip', ['-o', 'link']).toString());
  look('netns', execFileSync('ip', ['netns', 'list']).toString());
  look(
    'cgroup',
    execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '4', '-type', 'd', '-path', '*/drydock/*']).toString(),
  );
  look('file', execFileSync('find', [join(stateDir, 'nodes'), '/run/drydock/runc', '-mindepth', '1']).toString());
  look('process', processes());
  found.push(...lostDisks(stateDir).map((name) => `disk: ${name}`));
  for (const name of readdirSync('/run/drydock/alloc')) {
    look('claim', read(join('/run/drydock/alloc', name)).replaceAll('\n', ' '));
  }
  return found;
}
