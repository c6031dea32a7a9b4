/** Session networks without privilege: addresses are handed out and remembered, and connections are left to the nodes' own pretence. */
import { nodeAddress, type SessionId } from '@drydock/protocol';
import type { NodePlug } from '../../system/node-plug.ts';
import { nodeMac } from '../addresses.ts';
import type { Peer } from '../peer.ts';
import type { SessionNetworks } from '../session/session-networks.ts';

/** Builds networks that live in memory. */
export function createFakeSessionNetworks(): SessionNetworks {
  const sessions = new Map<SessionId, Map<number, Peer & { plug: NodePlug }>>();
  return {
    async ensure(sessionId) {
      if (!sessions.has(sessionId)) sessions.set(sessionId, new Map());
    },
    span: async () => false,
    prepare: async () => undefined,
    async connectTcp(sessionId, ip, port) {
      const peer = [...(sessions.get(sessionId)?.values() ?? [])].find((one) => one.ip === ip);
      if (peer?.plug.kind !== 'pretended')
        throw Object.assign(new Error('nothing is connected'), { code: 'ECONNREFUSED' });
      return peer.plug.connectTcp(port);
    },
    async attach(sessionId, { name, index, plug }) {
      const peers = sessions.get(sessionId);
      if (!peers) throw new Error(`session ${sessionId} has no network`);
      peers.set(index, { name, ip: nodeAddress(index), plug });
      return { ip: nodeAddress(index), mac: nodeMac(sessionId, index) };
    },
    detach: async (sessionId, { index }) => void sessions.get(sessionId)?.delete(index),
    destroy: async (sessionId) => void sessions.delete(sessionId),
    async adopt(sessionIds) {
      for (const sessionId of sessionIds) if (!sessions.has(sessionId)) sessions.set(sessionId, new Map());
    },
    peers: (sessionId) => [...(sessions.get(sessionId)?.values() ?? [])].map(({ name, ip }) => ({ name, ip })),
    sessions: () => [...sessions.keys()],
    countRefusals: async () => undefined,
    close: async () => undefined,
  };
}
