/**
 * Listening TCP sockets of a fake node's programs, which are programs of this machine that have the node's directory as their HOME. By /proc:
 * a machine without it shows only the ports of the fake engine.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { ListeningSocket } from '../runtime.ts';

/** State of a listening socket in /proc/net/tcp. */
const LISTENS = '0A';
/** 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104 as /proc/net/tcp{,6} write them. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

interface FoundSocket {
  port: number;
  reach: ListeningSocket['reach'];
}

/** All listening sockets of this machine by their inodes. */
async function listeningByInode(): Promise<Map<string, FoundSocket>> {
  const found = new Map<string, FoundSocket>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state !== LISTENS) continue;
      const reach = LOOPBACK.test(address) ? 'loopback' : /^0+$/.test(address) ? 'any' : 'address';
      found.set(inode, { port: Number.parseInt(port, 16), reach });
    }
  }
  return found;
}

/** The HOME of a process that is ours to read. */
async function homeOf(pid: string): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment
    .split('\0')
    .find((variable) => variable.startsWith('HOME='))
    ?.slice('HOME='.length);
}

/** Processes whose HOME `isWanted` says yes to, by that HOME. */
export async function processesByHome(isWanted: (home: string) => boolean): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const home = await homeOf(pid);
    if (home !== undefined && isWanted(home)) found.set(home, [...(found.get(home) ?? []), pid]);
  }
  return found;
}

/** Sockets of the programs of these HOMEs. */
export async function socketsByHome(homes: ReadonlySet<string>): Promise<Map<string, ListeningSocket[]>> {
  const [processes, listening] = [await processesByHome((home) => homes.has(home)), await listeningByInode()];
  const found = new Map<string, ListeningSocket[]>();
  for (const [home, pids] of processes) {
    const sockets = new Map<number, ListeningSocket>();
    for (const pid of pids) {
      const program = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
        const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
        const socket = listening.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '');
        if (socket) sockets.set(socket.port, { protocol: 'tcp', ...socket, program });
      }
    }
    found.set(
      home,
      [...sockets.values()].sort((one, other) => one.port - other.port),
    );
  }
  return found;
}
