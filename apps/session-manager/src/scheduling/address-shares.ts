/**
 * What one address may have of the place at a time: so many living sessions, and a part of all nodes. Rates bound how fast somebody
 * starts sessions; without this they would still hold all of it in the end.
 */
import { createHmac } from 'node:crypto';
import type { BlockList } from 'node:net';
import { DrydockError } from '@drydock/protocol';
import type { SessionRecord } from '../model/session.ts';
import { addressKeys, isInNetworks, SITE_SHARE } from './address-key.ts';

/** Letters of a hash that are kept: 96 bits, nobody's by accident. */
const HASH_LETTERS = 16;

export interface AddressShares {
  /** What a session keeps of the address that asked for it: keyed hashes of client and site, good for counting alone; empty: not counted. */
  keysOf(address: string): readonly string[];
  /** @throws DrydockError ADDRESS_LIMIT when those of `keys` would have too many sessions, or nodes with `nodes` more. */
  demandSession(keys: readonly string[], nodes: number): void;
  /** @throws DrydockError ADDRESS_LIMIT. */
  demandNodes(keys: readonly string[], count: number): void;
}

export interface AddressSharesDeps {
  sessions(): Iterable<SessionRecord>;
  /** Nodes that all hosts take together; 0 while none is known. */
  totalNodes(): number;
  /** A full session is within everybody's share, however small the place is. */
  nodesPerSession: number;
  secret: string;
  bounds: AddressBounds;
}

export interface AddressBounds {
  /** Living sessions of one address. */
  sessions: number;
  /** Part of all nodes that one address, or one site, may have (percent). */
  nodePercent: number;
  /** Connections of one address. */
  connections: number;
  /** Addresses that are not counted. */
  uncounted: BlockList;
}

/** Builds the counts; they are taken from the sessions that live, whichever manager made them. */
export function createAddressShares(deps: AddressSharesDeps): AddressShares {
  const { bounds, totalNodes, nodesPerSession, secret } = deps;

  const hash = (key: string) =>
    createHmac('sha256', secret).update(`drydock/address-shares ${key}`).digest('base64url').slice(0, HASH_LETTERS);

  /** Of each key: sessions that live, and nodes that hold a place nobody can have for the asking (those of a grace can be had). */
  function heldBy(keys: readonly string[]): { sessions: number; nodes: number }[] {
    const held = keys.map(() => ({ sessions: 0, nodes: 0 }));
    for (const session of deps.sessions()) {
      if (session.state === 'grace') continue;
      keys.forEach((key, at) => {
        const of = held[at];
        if (of === undefined || session.countedFor?.[at] !== key) return;
        if (session.state === 'active') of.sessions += 1;
        of.nodes += session.nodes.filter(({ state }) => state !== 'lost').length;
      });
    }
    return held;
  }

  function demand(keys: readonly string[], more: { sessions: number; nodes: number }): void {
    if (keys.length === 0) return;
    const total = totalNodes();
    const maxNodes = Math.max(nodesPerSession, Math.floor((total * bounds.nodePercent) / 100));
    heldBy(keys).forEach(({ sessions, nodes }, at) => {
      const maxSessions = bounds.sessions * (at === 0 ? 1 : SITE_SHARE);
      if (more.sessions > 0 && sessions + more.sessions > maxSessions) {
        throw new DrydockError('ADDRESS_LIMIT', undefined, { sessions: maxSessions });
      }
      if (total > 0 && more.nodes > 0 && nodes + more.nodes > maxNodes) {
        throw new DrydockError('ADDRESS_LIMIT', undefined, { nodes: maxNodes });
      }
    });
  }

  return {
    keysOf(address) {
      if (isInNetworks(bounds.uncounted, address)) return [];
      const { client, site } = addressKeys(address);
      return [client, site].flatMap((key) => (key === undefined ? [] : [hash(key)]));
    },
    demandSession: (keys, nodes) => demand(keys, { sessions: 1, nodes }),
    demandNodes: (keys, count) => demand(keys, { sessions: 0, nodes: count }),
  };
}
