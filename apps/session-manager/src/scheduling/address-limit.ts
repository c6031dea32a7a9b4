/** Rates by address: one bucket for each client, and one for the site that an IPv6 client can choose its networks from. */
import { addressKeys, SITE_SHARE } from './address-key.ts';
import { createRateLimit, type RateLimit, type RateLimitOptions } from './rate-limit.ts';

/** Builds a limit whose keys are addresses; a key that is none (`user …`) is a client of its own. */
export function createAddressLimit({ clock, burst, perSecond }: RateLimitOptions): RateLimit {
  const clients = createRateLimit({ clock, burst, perSecond });
  const sites = createRateLimit({ clock, burst: burst * SITE_SHARE, perSecond: perSecond * SITE_SHARE });

  function peek(address: string): number {
    const { client, site } = addressKeys(address);
    return Math.max(clients.peek(client), site === undefined ? 0 : sites.peek(site));
  }

  return {
    peek,
    take(address) {
      const { client, site } = addressKeys(address);
      // Who is refused by one of the two has taken nothing of the other.
      const wait = peek(address);
      if (wait > 0) return wait;
      clients.take(client);
      if (site !== undefined) sites.take(site);
      return 0;
    },
  };
}
