/** Counts the cgroups that a node's root has made, as cgroup-sweep.ts removes them: from one open directory to the next. */
import { closeSync, statSync } from 'node:fs';
import { below, childrenOf, openGroup } from './cgroup-sweep.ts';

/** The walk's calls wait for nothing but the kernel, so they are made at once; others get their turn after this long (ms). */
const SLICE_MS = 4;

/** Groups below `top`, at most `most`: who has more is not counted further. A top that is not there has none. */
export async function countGroups(top: string, most: number): Promise<number> {
  let slice = performance.now();
  const opened = openGroup(Buffer.from(top));
  if (opened === undefined) return 0;
  let group = opened;
  const levels = [childrenOf(group)];
  let found = levels[0]?.length ?? 0;
  try {
    while (found < most) {
      if (performance.now() - slice > SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        slice = performance.now();
      }
      const name = levels.at(-1)?.pop();
      if (name === undefined) {
        levels.pop();
        if (levels.length === 0) break;
        const parent = openGroup(below(group, Buffer.from('..')));
        if (parent === undefined) break; // All of it goes.
        closeSync(group);
        group = parent;
      } else if (hasChildren(below(group, name))) {
        const child = openGroup(below(group, name));
        if (child === undefined) continue; // It went in the meantime.
        closeSync(group);
        group = child;
        const children = childrenOf(group);
        found += children.length;
        levels.push(children);
      }
    }
  } finally {
    closeSync(group);
  }
  return Math.min(found, most);
}

/** By its links, one for each child and two of its own: most groups have none, and need not be read. */
function hasChildren(path: Buffer): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.nlink ?? 0) > 2;
}
