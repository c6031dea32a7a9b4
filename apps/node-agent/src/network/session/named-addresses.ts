/** Opens addresses that allowed names led to, in one session's rules and for a time (see the set `named` of session-rules.ts). */
import type { Clock, Logger } from '@drydock/service-kit';
import { createKeyedQueue } from '../../system/keyed-queue.ts';
import { loadRules } from '../../system/run-tool.ts';
import type { NamedAddress } from '../name-rules.ts';
import { MAX_NAMED } from './session-rules.ts';

/** How long an address stays open at least and at most (s): programs keep what they have resolved, whatever its owner says. */
const OPEN_SECONDS = { min: 300, max: 3600 };
/** Of one answer; more would be no answer of a name that people use. */
const MAX_AT_ONCE = 16;

/** Gives a function that resolves when the addresses are open. It rejects when the session's namespace is gone. */
export function createNamedAddresses(netns: string, clock: Clock, logger: Logger) {
  const openUntil = new Map<string, number>();
  const queue = createKeyedQueue();

  async function open(addresses: readonly NamedAddress[]): Promise<void> {
    const now = clock.now();
    for (const [address, until] of openUntil) if (until <= now) openUntil.delete(address);
    const wanted = addresses.slice(0, MAX_AT_ONCE).flatMap(({ address, ttl }) => {
      const seconds = Math.min(OPEN_SECONDS.max, Math.max(OPEN_SECONDS.min, ttl));
      // Half of the shortest time is enough for whoever asks now.
      const isOpen = (openUntil.get(address) ?? 0) - now > (OPEN_SECONDS.min * 1000) / 2;
      return isOpen ? [] : [{ address, seconds }];
    });
    if (wanted.length === 0) return;
    if (openUntil.size + wanted.length > MAX_NAMED) {
      logger.debug({ netns }, 'a session has resolved too many allowed names');
      return;
    }
    // Added first so that it can be taken away: a kernel before 6.12 keeps the old timeout of what is there.
    const lines = wanted.flatMap(({ address, seconds }) => [
      `add element inet session named { ${address} }`,
      `delete element inet session named { ${address} }`,
      `add element inet session named { ${address} timeout ${seconds}s }`,
    ]);
    await loadRules(lines.join('\n'), netns);
    for (const { address, seconds } of wanted) openUntil.set(address, now + seconds * 1000);
  }

  return (addresses: readonly NamedAddress[]): Promise<void> =>
    addresses.length === 0 ? Promise.resolve() : queue.run('open', () => open(addresses));
}
