/**
 * Which processors a node runs on: as many as its limit is worth, rounded up, so that nproc, make -j and a Go program's threads see
 * the node and not the host; those that fewest other nodes have.
 */

/** `0-2,5` as numbers. */
export function parseProcessors(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    });
}

/**
 * The list for a limit of `cpus`; undefined when that is all of `available`. `taken` are the lists of all other nodes. Two nodes that
 * are made at once may get the same: a matter of speed, not of right.
 */
export function pickProcessors(
  cpus: number,
  available: readonly number[],
  taken: readonly (readonly number[])[],
): string | undefined {
  const wanted = Math.ceil(cpus);
  if (wanted >= available.length) return undefined;
  const nodes = new Map(available.map((processor) => [processor, 0]));
  for (const processor of taken.flat()) nodes.set(processor, (nodes.get(processor) ?? 0) + 1);
  const byNodes = [...available].sort((a, b) => (nodes.get(a) ?? 0) - (nodes.get(b) ?? 0) || a - b);
  return byNodes
    .slice(0, wanted)
    .sort((a, b) => a - b)
    .join(',');
}
