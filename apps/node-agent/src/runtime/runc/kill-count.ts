/** Counts a node's kills for want of memory over groups that come and go. */

export interface KillCount {
  /** The sum of what the groups that are there now have counted. */
  found: number;
  /** Kills since the node began; never falls. */
  total: number;
  /** Of `total`, what was believed because the kernel told it, and no group has shown yet. */
  believed: number;
}

/**
 * The count after a look that found `found`. `told`: the kernel has said that it kills here; then there was one at least, even if the
 * group that counted it was gone before the look, as that of a short-lived container is. A group that shows it later is not counted twice.
 */
export function countedKills(before: KillCount | undefined, found: number, told: boolean): KillCount {
  if (before === undefined)
    return told && found === 0 ? { found, total: 1, believed: 1 } : { found, total: found, believed: 0 };
  const risen = Math.max(0, found - before.found);
  const fresh = Math.max(0, risen - before.believed);
  const believed = Math.max(0, before.believed - risen);
  if (told && fresh === 0) return { found, total: before.total + 1, believed: believed + 1 };
  return { found, total: before.total + fresh, believed };
}
