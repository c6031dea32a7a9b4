/** The programs of a fake node, which are programs of this machine: those that its commands left behind too, which nobody noted. */
import { readdir } from 'node:fs/promises';
import { processesByHome } from './process-sockets.ts';

/** Process ids of what has one of `homes` as its HOME. Where there is no /proc, the commands noted in the folder `noted` are all that is known. */
export async function programsOf(homes: readonly string[], noted: string): Promise<number[]> {
  if (process.platform !== 'linux') return (await readdir(noted).catch(() => [])).map(Number);
  const found = await processesByHome((home) => homes.includes(home));
  return [...found.values()].flat().map(Number);
}
