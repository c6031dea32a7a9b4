/** Processes as /proc shows them; a process is named by pid *and* start time, since pids are used again. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readIfThere } from './files.mjs';

/**
 * The kernel's start time of a process (clock ticks since boot), or undefined when there is none or it is a zombie.
 * @param {number} pid
 * @returns {number | undefined}
 */
export function startTicks(pid) {
  const fields = statOf(pid);
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
}

/**
 * A process's parent, or undefined when it is gone.
 * @param {number} pid
 * @returns {number | undefined}
 */
export function parentOf(pid) {
  const fields = statOf(pid);
  return fields === undefined ? undefined : Number(fields[1]);
}

/**
 * What a process of one thread has started; nothing when it is gone.
 * @param {number} pid
 * @returns {number[]}
 */
export function childrenOf(pid) {
  const text = readIfThere(`/proc/${pid}/task/${pid}/children`)?.trim() ?? '';
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Fields of /proc/PID/stat from the state on. @param {number} pid */
function statOf(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The command's name may hold blanks and brackets: fields are counted from the last bracket.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * Whether `pid` still is the process that had `ticks`.
 * @param {number} pid
 * @param {number | undefined} ticks
 */
export function isAlive(pid, ticks) {
  return ticks !== undefined && startTicks(pid) === ticks;
}

/**
 * A process's arguments in one line, at most 120 characters; its name when it has none.
 * @param {number} pid
 * @returns {string}
 */
export function commandOf(pid) {
  const line = readIfThere(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
  return (line || readIfThere(`/proc/${pid}/comm`)?.trim() || 'unknown').slice(0, 120);
}

/**
 * One variable of a process's environment.
 * @param {number} pid
 * @param {string} name
 * @returns {string | undefined}
 */
export function environmentOf(pid, name) {
  const environment = readIfThere(`/proc/${pid}/environ`);
  return environment
    ?.split('\0')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** Every process id. */
export function allPids() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * Who listens on a TCP port, or undefined when it cannot be known.
 * @param {number} port
 * @returns {{pid: number, command: string} | undefined}
 */
export function listenerOf(port) {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const pid of allPids()) {
    for (const link of descriptorsOf(pid)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode !== undefined && inodes.has(inode)) return { pid, command: commandOf(pid) };
    }
  }
  return undefined;
}

/** @param {number} port */
function listeningInodes(port) {
  const inodes = new Set();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (readIfThere(table) ?? '').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && Number.parseInt(local?.split(':')[1] ?? '', 16) === port) inodes.add(inode);
    }
  }
  return inodes;
}

/**
 * What a process's descriptors are links to; none when it is gone.
 * @param {number} pid
 * @returns {string[]}
 */
export function descriptorsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}

/**
 * Sends a signal to a process group, quietly when it is gone.
 * @param {number} pid leader of the group
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  signalQuietly(-pid, signal);
}

/**
 * Sends a signal to a process, and to its group where it leads one (a service in a view of its own leads none).
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalWithGroup(pid, signal) {
  const group = Number(statOf(pid)?.[2]);
  signalQuietly(group === pid ? -pid : pid, signal);
}

/** @param {number} target @param {NodeJS.Signals} signal */
function signalQuietly(target, signal) {
  try {
    process.kill(target, signal);
  } catch {
    // Gone already.
  }
}

/** Memory of the machine in bytes. */
export function totalMemory() {
  const kilobytes = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
