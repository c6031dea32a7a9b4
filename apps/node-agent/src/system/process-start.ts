/** When a process started: with it a number that has passed to another process is never taken for the first one's. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A living process's start, in a unit of this machine's; undefined when there is none, or only a body that nobody has reaped. */
export async function processStartTime(pid: number): Promise<bigint | undefined> {
  if (process.platform !== 'linux') return startByPs(pid);
  // Field 22: clock ticks since boot.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name in parentheses may hold anything; after the last one the state is field 3.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return startTime === undefined || state === 'Z' || state === 'X' ? undefined : BigInt(startTime);
}

/** Of a machine without /proc; a second is as exact as it gets. */
async function startByPs(pid: number): Promise<bigint | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'state=,lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  const [, state = '', started = ''] = /^(\S+)\s+(\S.*)$/.exec(stdout.trim()) ?? [];
  const ms = Date.parse(started);
  return state.startsWith('Z') || Number.isNaN(ms) ? undefined : BigInt(ms);
}
