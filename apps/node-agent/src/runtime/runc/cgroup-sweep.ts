/**
 * Walks a tree of cgroups that a node's root has made: thaws, kills and removes, children first, without a bound on its size or depth.
 *
 * Each step goes from one open directory to the next by /proc/self/fd: the path of a deep group is longer than the kernel takes. Names
 * are bytes: a group's need not be text. What is kept are the names beside the path from the top, far less than each group costs the kernel.
 */
import { closeSync, openSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** The walk's calls wait for nothing but the kernel, so they are made at once; others get their turn after this long (ms). */
const SLICE_MS = 4;

export interface SweepOptions {
  /** Processes in the groups get SIGKILL, but not this one. */
  kept?: number | undefined;
  /** The top group itself stays, with its first process. */
  keepTop?: boolean;
  /** Ends the walk early; what it has not seen counts as left. */
  signal?: AbortSignal | undefined;
}

/** What a walk has met: groups that it could not remove, living processes in them (the kept one aside), and groups that it removed. */
export interface Sweep {
  groups: number;
  processes: number;
  removed: number;
}

const NONE: Sweep = { groups: 0, processes: 0, removed: 0 };

/** Walks `top` once. A top that is not there is done. */
export async function sweepGroups(top: string, options: SweepOptions = {}): Promise<Sweep> {
  const { kept, keepTop = false, signal } = options;
  const sweep = { ...NONE };
  let slice = performance.now();
  if (!keepTop && remove(Buffer.from(top))) return { ...NONE, removed: 1 };
  const opened = openGroup(Buffer.from(top));
  if (opened === undefined) return sweep;
  let group = opened;
  const enter = () => {
    sweep.processes += endProcesses(group, kept);
    return childrenOf(group);
  };
  const levels: { name: Buffer; children: Buffer[] }[] = [{ name: Buffer.from(top), children: enter() }];
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      if (signal?.aborted) return { ...sweep, groups: sweep.groups + 1 };
      if (performance.now() - slice > SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        slice = performance.now();
      }
      const name = level.children.pop();
      if (name === undefined) {
        levels.pop();
        if (levels.length === 0) break;
        const parent = openGroup(below(group, Buffer.from('..')));
        if (parent === undefined) return { ...sweep, groups: sweep.groups + 1 };
        closeSync(group);
        group = parent;
        if (remove(below(group, level.name))) sweep.removed += 1;
        else sweep.groups += 1;
      } else if (remove(below(group, name))) {
        sweep.removed += 1;
      } else {
        const child = openGroup(below(group, name));
        if (child === undefined) continue; // It went in the meantime.
        closeSync(group);
        group = child;
        levels.push({ name, children: enter() });
      }
    }
  } finally {
    closeSync(group);
  }
  if (keepTop) return sweep;
  if (remove(Buffer.from(top))) sweep.removed += 1;
  else sweep.groups += 1;
  return sweep;
}

/** A name in an open group. */
export const below = (group: number, name: Buffer) => Buffer.concat([Buffer.from(`/proc/self/fd/${group}/`), name]);

/** True when the group is gone now. The kernel refuses one with children or living processes (EBUSY). */
function remove(path: Buffer): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Undefined for one that has gone. */
export function openGroup(path: Buffer): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names of the groups right below an open one. */
export function childrenOf(group: number): Buffer[] {
  const entries = readdirSync(`/proc/self/fd/${group}`, { withFileTypes: true, encoding: 'buffer' });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Thaws the group's own freezer (v1; v2's are lifted by the kernel for a kill) and kills who is in it; how many there were. */
function endProcesses(group: number, kept: number | undefined): number {
  // To write the state, and to read it, walks all groups below, which for each of many in one another is their square; this file does not.
  if (attempt(() => readFileSync(`/proc/self/fd/${group}/freezer.self_freezing`, 'utf8')) === '1\n')
    attempt(() => writeFileSync(`/proc/self/fd/${group}/freezer.state`, 'THAWED', { flag: 'r+' }));
  const text = attempt(() => readFileSync(`/proc/self/fd/${group}/cgroup.procs`, 'utf8')) ?? '';
  let found = 0;
  for (const pid of new Set(text.split('\n').map(Number))) {
    // 0 stands for whoever this process cannot name.
    if (!(pid > 1) || pid === kept || pid === process.pid) continue;
    if (attempt(() => process.kill(pid, 'SIGKILL')) !== undefined) found += 1;
  }
  return found;
}

/** Undefined for a file that this hierarchy lacks, a group that has just gone, a process that has ended. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
