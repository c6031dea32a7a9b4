/** Node.js servers and sockets that live in another network namespace than the agent. */

import dgram from 'node:dgram';
import { closeSync } from 'node:fs';
import net from 'node:net';
import type { NetnsAddon } from './netns-addon.ts';

/** A namespace by path; with `inode`, only if it is still that one (the path may name a pid that was reused). */
export interface NetnsRef {
  path: string;
  inode?: number;
}

export interface NetnsSockets {
  /** Gives `server` a listening socket in the namespace. Resolves when it listens. @throws errno errors, e.g. EADDRINUSE. */
  listenTcp(netns: NetnsRef, host: string, port: number, server: net.Server): Promise<void>;
  /** A bound UDP socket in the namespace. */
  bindUdp(netns: NetnsRef, host: string, port: number): Promise<dgram.Socket>;
  /** Connects from inside the namespace; half-open sockets allowed. @throws ECONNREFUSED, EHOSTUNREACH..., ETIMEDOUT after `timeoutMs`. */
  connectTcp(netns: NetnsRef, host: string, port: number, timeoutMs: number): Promise<net.Socket>;
  /** Connects to a unix stream socket in the file tree of a node's process. @throws ENOENT, ECONNREFUSED, ESTALE... */
  connectUnix(pid: number, path: string, netnsInode: number): net.Socket;
}

/** Connections that wait to be accepted. */
const BACKLOG = 128;

/** Builds the functions upon the addon. */
export function createNetnsSockets(addon: NetnsAddon): NetnsSockets {
  return {
    listenTcp(netns, host, port, server) {
      return new Promise((resolve, reject) => {
        const fd = addon.openSocket(netns.path, netns.inode ?? 0, 'tcp', host, port, BACKLOG);
        server.once('error', reject);
        server.listen({ fd, backlog: BACKLOG }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    },

    bindUdp(netns, host, port) {
      return new Promise((resolve, reject) => {
        const fd = addon.openSocket(netns.path, netns.inode ?? 0, 'udp', host, port, 0);
        const socket = dgram.createSocket('udp4');
        socket.once('error', (error) => {
          closeSync(fd);
          reject(error);
        });
        socket.bind({ fd }, () => {
          socket.removeAllListeners('error');
          resolve(socket);
        });
      });
    },

    connectTcp(netns, host, port, timeoutMs) {
      return new Promise((resolve, reject) => {
        const fd = addon.openSocket(netns.path, netns.inode ?? 0, net.isIPv6(host) ? 'tcp6' : 'tcp', null, 0, 0);
        const socket = openHandle(fd, false);
        const timer = setTimeout(() => socket.destroy(withCode('ETIMEDOUT', 'connect timed out')), timeoutMs);
        const failed = (error: Error) => {
          clearTimeout(timer);
          reject(error);
        };
        socket.once('error', failed);
        // The socket keeps the handle it was built with, so this connects the namespace's own descriptor.
        socket.connect({ host, port, noDelay: true }, () => {
          clearTimeout(timer);
          socket.off('error', failed);
          resolve(socket);
        });
      });
    },

    connectUnix(pid, path, netnsInode) {
      return openHandle(addon.connectUnix(pid, path, netnsInode), true);
    },
  };
}

function openHandle(fd: number, connected: boolean): net.Socket {
  try {
    // `manualStart` (internal, stable since Node 0.10): reading begins by itself once connected; before, it would fail with ENOTCONN.
    const options = { fd, readable: true, writable: true, allowHalfOpen: true, manualStart: !connected };
    return new net.Socket(options);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function withCode(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
