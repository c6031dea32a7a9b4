/**
 * What one address may have of the place at a time: so many living sessions, and a part of all nodes. Rates bound how fast somebody
 * starts sessions; without this they would still hold all of it in the end.
 */
import { createHmac } from 'node:crypto';
import type { BlockList } from 'node:net';
import { DrydockError } from '@drydock/protocol';
import type { SessionStore } from '../store/sessions/session-store.ts';
import type { ShareBound } from '../store/sessions/shares.ts';
import { addressKeys, isInNetworks, SITE_SHARE } from './address-key.ts';
import { isSiteShare } from './site-shares.ts';

/** Letters of a hash that are kept: 96 bits, nobody's by accident. */
const HASH_LETTERS = 16;

export interface AddressShares {
  /** What a session keeps of the address that asked for it: keyed hashes of client and site, good for counting alone; empty: not counted. */
  keysOf(address: string): readonly string[];
  /**
   * The bounds of a new session, for its write. @throws DrydockError ADDRESS_LIMIT when those of `keys` have too many sessions, or would
   * have too many nodes with `nodes` more; STORE_UNAVAILABLE.
   */
  demandSession(keys: readonly string[], nodes: number): Promise<readonly ShareBound[]>;
  /** The bounds of `count` more nodes, for their write. @throws DrydockError ADDRESS_LIMIT, STORE_UNAVAILABLE. */
  demandNodes(keys: readonly string[], count: number): Promise<readonly ShareBound[]>;
}

export interface AddressSharesDeps {
  /** Counts what each key holds with the writes themselves, whichever manager makes them. */
  store: Pick<SessionStore, 'holdings'>;
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

/** Builds the shares; what is told early here is checked once more with the write. */
export function createAddressShares(deps: AddressSharesDeps): AddressShares {
  const { bounds, totalNodes, nodesPerSession, secret, store } = deps;

  const hash = (key: string) =>
    createHmac('sha256', secret).update(`drydock/address-shares ${key}`).digest('base64url').slice(0, HASH_LETTERS);
  const maxSessions = (at: number) => bounds.sessions * (at === 0 ? 1 : SITE_SHARE);

  /** How many nodes one may have; undefined while no host is known. */
  function maxNodes(): number | undefined {
    const total = totalNodes();
    return total === 0 ? undefined : Math.max(nodesPerSession, Math.floor((total * bounds.nodePercent) / 100));
  }

  async function demand(keys: readonly string[], more: { sessions: number; nodes: number }): Promise<void> {
    if (keys.length === 0) return;
    const most = maxNodes();
    for (const [at, { sessions, nodes }] of (await store.holdings(keys)).entries()) {
      if (more.sessions > 0 && sessions + more.sessions > maxSessions(at)) {
        throw new DrydockError('ADDRESS_LIMIT', undefined, { sessions: maxSessions(at) });
      }
      if (most !== undefined && more.nodes > 0 && nodes + more.nodes > most) {
        throw new DrydockError('ADDRESS_LIMIT', undefined, { nodes: most });
      }
    }
  }

  return {
    keysOf(address) {
      if (isInNetworks(bounds.uncounted, address)) return [];
      const { client, site } = addressKeys(address);
      return [client, site].flatMap((key) => (key === undefined ? [] : [hash(key)]));
    },
    async demandSession(keys, nodes) {
      await demand(keys, { sessions: 1, nodes });
      return keys.map((key, at) => ({ key, maxSessions: maxSessions(at) }));
    },
    async demandNodes(counted, count) {
      // A site's nodes are bounded by its sessions.
      const keys = counted.filter((key) => !isSiteShare(key));
      await demand(keys, { sessions: 0, nodes: count });
      const most = maxNodes();
      return most === undefined ? [] : keys.map((key) => ({ key, maxNodes: most }));
    },
  };
}
