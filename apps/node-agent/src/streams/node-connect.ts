/** Connects to a TCP port of a node: through its session first, then on the node's own loopback. */
import type { Socket } from 'node:net';
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import type { NodeHandle } from '../runtime/runtime.ts';

/** A node is one hop away: a program that does not accept within this is stuck (ms). */
const CONNECT_TIMEOUT_MS = 3_000;
/** Nobody listens there, or there is no such address: the next one may do. */
const NOT_HERE = ['ECONNREFUSED', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH'];

/** Where a node's ports are. */
export interface NodeAddresses {
  sessionId: SessionId;
  ip: string;
  handle: Pick<NodeHandle, 'connectTcp'>;
}

/** A connected socket; `loopback` when only the node's own loopback answered. @throws DrydockError PORT_REFUSED, PORT_TIMEOUT, NODE_NOT_FOUND. */
export async function connectNode(
  networks: Pick<SessionNetworks, 'connectTcp'>,
  { sessionId, ip, handle }: NodeAddresses,
  port: number,
): Promise<{ target: Socket; loopback: boolean }> {
  const attempts = [
    { connect: () => networks.connectTcp(sessionId, ip, port, CONNECT_TIMEOUT_MS), loopback: false },
    // Development servers like to listen on the loopback only, some on its IPv6 address alone.
    { connect: () => handle.connectTcp('127.0.0.1', port, CONNECT_TIMEOUT_MS), loopback: true },
    { connect: () => handle.connectTcp('::1', port, CONNECT_TIMEOUT_MS), loopback: true },
  ];
  for (const { connect, loopback } of attempts) {
    try {
      return { target: await connect(), loopback };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (NOT_HERE.includes(code)) continue;
      if (['ETIMEDOUT', 'EHOSTUNREACH'].includes(code)) throw new DrydockError('PORT_TIMEOUT');
      if (['ENOENT', 'ESTALE'].includes(code)) throw new DrydockError('NODE_NOT_FOUND');
      throw error;
    }
  }
  throw new DrydockError('PORT_REFUSED');
}
