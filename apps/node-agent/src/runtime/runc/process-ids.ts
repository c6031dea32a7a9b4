/** Processes by whose they are: of a node all have ids of its range, whatever groups its root has moved them into. */
import { readdir, stat } from 'node:fs/promises';

/** The processes of this machine whose user is one of `count` ids from `first` on. */
export async function processesOfIds(first: number, count: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // That of its directory: for a process that may not be dumped, the root of its user namespace.
    const uid = await stat(`/proc/${name}`).then(
      (process) => process.uid,
      () => undefined, // It has ended.
    );
    if (uid !== undefined && uid >= first && uid < first + count) found.push(Number(name));
  }
  return found;
}
