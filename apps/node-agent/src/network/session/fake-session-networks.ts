/** Session networks without privilege: addresses are handed out and remembered, and nothing is connected. For tests at scale. */
import { nodeAddress } from '@drydock/protocol';
import { nodeMac } from '../addresses.ts';
import type { Peer } from '../peer.ts';
import type { SessionNetworks } from './session-networks.ts';

/** Builds networks that live in memory. */
export function createFakeSessionNetworks(): SessionNetworks {
  const sessions = new Map<string, Map<number, Peer>>();
  return {
    async ensure(sessionId) {
      if (!sessions.has(sessionId)) sessions.set(sessionId, new Map());
    },
    span: async () => false,
    async attach(sessionId, { name, index }) {
      const peers = sessions.get(sessionId);
      if (!peers) throw new Error(`session ${sessionId} has no network`);
      peers.set(index, { name, ip: nodeAddress(index) });
      return { ip: nodeAddress(index), mac: nodeMac(sessionId, index) };
    },
    detach: async (sessionId, { index }) => void sessions.get(sessionId)?.delete(index),
    destroy: async (sessionId) => void sessions.delete(sessionId),
    async adopt(sessionIds) {
      for (const sessionId of sessionIds) if (!sessions.has(sessionId)) sessions.set(sessionId, new Map());
    },
    peers: (sessionId) => [...(sessions.get(sessionId)?.values() ?? [])],
    sessions: () => [...sessions.keys()],
    countRefusals: async () => undefined,
    close: async () => undefined,
  };
}
