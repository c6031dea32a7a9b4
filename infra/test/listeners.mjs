/** Who listens on this machine: every socket that takes connections or datagrams, by the process that holds it. */
import { readIfThere } from '../common/files.mjs';
import { descriptorsOf } from '../common/proc.mjs';

/** The state of a listening TCP socket; the flag of a listening Unix socket, and its type (net/tcp_states.h, linux/net.h). */
const TCP_LISTEN = '0A';
const UNIX_ACCEPTS = 0x10000;
const UNIX_DATAGRAM = '0002';

/**
 * The listeners of processes in this network namespace, as `tcp 127.0.0.1:3000`, `udp [::]:53` or `unix @name`, sorted.
 * A Unix socket of datagrams counts when it has a name. Sockets of other network namespaces are not in this one's tables.
 * @param {readonly number[]} pids
 * @returns {string[]}
 */
export function listenersOf(pids) {
  const names = listeners();
  const found = new Set();
  for (const pid of pids) {
    for (const inode of socketsOf(pid)) {
      const name = names.get(inode);
      if (name !== undefined) found.add(name);
    }
  }
  return [...found].sort();
}

/** @returns {Map<string, string>} inode -> what it listens on */
function listeners() {
  const found = new Map();
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6']) {
    for (const line of rows(table)) {
      const [, local = '', , state, , , , , , inode] = line.split(/\s+/);
      if (!table.startsWith('tcp') || state === TCP_LISTEN) {
        found.set(inode, `${table.replace('6', '')} ${address(local)}`);
      }
    }
  }
  for (const line of rows('unix')) {
    const [, , , flags = '0', type, , inode, ...path] = line.split(/\s+/);
    // A connection that was accepted has its listener's name too.
    const listens = (Number.parseInt(flags, 16) & UNIX_ACCEPTS) !== 0 || (type === UNIX_DATAGRAM && path.length > 0);
    if (listens) found.set(inode, `unix ${path.join(' ')}`);
  }
  return found;
}

/** The rows of a table of this network namespace. @param {string} table */
function rows(table) {
  const text = readIfThere(`/proc/net/${table}`) ?? '';
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

/**
 * `0100007F:0BB8` as `127.0.0.1:3000`: the kernel prints an address as 32-bit words in the machine's byte order.
 * @param {string} text
 */
function address(text) {
  const [words = '', port = '0'] = text.split(':');
  const bytes = Buffer.concat((words.match(/.{8}/g) ?? []).map((word) => Buffer.from(word, 'hex').reverse()));
  const host = bytes.length === 4 ? bytes.join('.') : `[${bytes.toString('hex').replace(/(.{4})(?=.)/g, '$1:')}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}

/** Inodes of the sockets that a process holds; none when it is gone. @param {number} pid */
function socketsOf(pid) {
  return descriptorsOf(pid).flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}
