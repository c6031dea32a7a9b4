/** Counts what one client holds at a time, by address: connections, sockets that nobody has let in yet. */
import type { BlockList } from 'node:net';
import { addressKeys, isInNetworks, SITE_SHARE } from './address-key.ts';

export interface AddressCounter {
  /** Counts one more of an address until the answer is called; undefined when it holds as many as it may. */
  acquire(address: string): (() => void) | undefined;
}

export interface AddressCounterOptions {
  /** What one client may hold; a site of many IPv6 networks may hold SITE_SHARE times that. */
  max: number;
  /** Addresses that are not counted: who stands for many (a proxy, a class), or is this machine. */
  uncounted: readonly (BlockList | undefined)[];
}

const NOTHING = () => undefined;

/** Builds a counter; it remembers only who holds something. */
export function createAddressCounter({ max, uncounted }: AddressCounterOptions): AddressCounter {
  const held = new Map<string, number>();

  function add(key: string, by: 1 | -1): void {
    const count = (held.get(key) ?? 0) + by;
    if (count === 0) held.delete(key);
    else held.set(key, count);
  }

  return {
    acquire(address) {
      if (uncounted.some((networks) => isInNetworks(networks, address))) return NOTHING;
      const { client, site } = addressKeys(address);
      const isFull =
        (held.get(client) ?? 0) >= max || (site !== undefined && (held.get(site) ?? 0) >= max * SITE_SHARE);
      if (isFull) return undefined;
      const keys = site === undefined ? [client] : [client, site];
      for (const key of keys) add(key, 1);
      return () => {
        for (const key of keys.splice(0)) add(key, -1);
      };
    },
  };
}
