/** What one address may hold of the public port: connections in all, and those that have not asked for anything yet. */
import type { BlockList, Socket } from 'node:net';
import { createAddressCounter } from '../../scheduling/address-counter.ts';

/** Connections of one address without a whole request yet: browsers open six ahead, and a class of fifty may come in one moment. */
const MAX_SILENT = 300;

export interface ConnectionBounds {
  /** Counts a connection until it closes; false when its address has as many as it may: it is not to be taken. */
  admit(socket: Socket): boolean;
  /** A whole request has come by that connection, in whichever way it is wrapped (TLS, HTTP/2). */
  heard(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void;
}

export interface ConnectionBoundsOptions {
  /** Connections of one address. */
  max: number;
  /** Addresses that are not counted: our own proxies, and who stands for many. */
  uncounted: readonly (BlockList | undefined)[];
  /** Whether a host of ours speaks from that address: each of its streams is a connection. */
  isHost(address: string): boolean;
  onRefused(): void;
}

const nameOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>) =>
  `${remoteAddress} ${remotePort}`;

/** Builds the bounds. */
export function createConnectionBounds({
  max,
  uncounted,
  isHost,
  onRefused,
}: ConnectionBoundsOptions): ConnectionBounds {
  const all = createAddressCounter({ max, uncounted });
  const silent = createAddressCounter({ max: Math.min(max, MAX_SILENT), uncounted });
  /** How to stop counting a silent connection, by its name: a peer has one connection from a port of its own. */
  const unheard = new Map<string, () => void>();

  function heard(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    const name = nameOf(socket);
    unheard.get(name)?.();
    unheard.delete(name);
  }

  return {
    heard,
    admit(socket) {
      const { remoteAddress: address } = socket;
      // It is gone already.
      if (address === undefined) return false;
      if (isHost(address)) return true;
      const release = all.acquire(address);
      const releaseSilent = release === undefined ? undefined : silent.acquire(address);
      if (release === undefined || releaseSilent === undefined) {
        release?.();
        onRefused();
        return false;
      }
      const name = nameOf(socket);
      unheard.set(name, releaseSilent);
      socket.once('close', () => {
        release();
        releaseSilent();
        if (unheard.get(name) === releaseSilent) unheard.delete(name);
      });
      return true;
    },
  };
}
