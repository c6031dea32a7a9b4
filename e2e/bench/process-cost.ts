/** CPU time and memory of processes by their ids: figures that a busy machine disturbs less than a clock on the wall. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc; the same on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time used so far, by user and kernel (s). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields are counted behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The same of all direct children of a process together: the shells of a terminal host (s). */
export function cpuSecondsOfChildren(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuSecondsOf(Number(child)), 0);
}

/** Private memory in use (bytes). */
export function memoryOf(pid: number): number {
  const line = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}

/** The same by the scheduler's own account, to the nanosecond; of a process with one thread. */
export function runSecondsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

/** A process's child with that name. */
export function childOf(parent: number, name: string): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      if (new RegExp(`^Name:\\t${name}$`, 'm').test(status) && new RegExp(`^PPid:\\t${parent}$`, 'm').test(status)) {
        return Number(entry);
      }
    } catch {
      // It ended while we looked.
    }
  }
  return undefined;
}
