/** Which managers live and which hosts each of them reaches: what must happen once is left to one, and no host is lost while any sees it. */
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { newId } from '../model/links.ts';
import type { ManagerBeat, PresenceStore } from '../store/presence/presence-store.ts';

/** Between two signs of life (ms). */
const BEAT_MS = 3000;
/** A manager that gave none for this long (ms) is dead: a stop-the-world of seconds is none. */
const BEAT_TTL_MS = 12_000;

export interface ManagerPresence {
  /** This life of this process. */
  readonly instance: string;
  start(): Promise<void>;
  /** Gives a sign at once and learns of the others', for what cannot wait or must not be decided on old news. */
  refresh(): Promise<void>;
  /** Whether the manager of that life may still be at work. */
  isAlive(instance: string): boolean;
  /** Whether another living manager reaches the host. */
  seenElsewhere(host: string): boolean;
  /** Lives that are over since the last beat are heard of here. */
  onBeat(listener: () => void): void;
  count(): number;
  stop(): Promise<void>;
}

/** Builds it; `name` is this manager's lasting name, `hosts` what it is connected to. */
export function createManagerPresence(deps: {
  store: PresenceStore;
  name: string;
  hosts(): string[];
  clock: Clock;
  logger: Logger;
}): ManagerPresence {
  const { store, name, hosts, clock, logger } = deps;
  const instance = newId('m', 15);
  const listeners = new Set<() => void>();
  let living: readonly ManagerBeat[] = [];
  /** Until then silence proves nothing: the store was away, and nobody could give a sign. */
  let deafUntil = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  let stopped = false;

  async function beat(): Promise<void> {
    if (stopped) return;
    try {
      const found = await store.beat({ name, instance, hosts: hosts() }, BEAT_TTL_MS);
      const missing = living.filter((known) => !found.some((each) => each.name === known.name));
      living = clock.now() < deafUntil ? [...found, ...missing] : found;
      for (const listener of listeners) listener();
    } catch {
      deafUntil = clock.now() + BEAT_TTL_MS + BEAT_MS;
    }
  }

  async function run(): Promise<void> {
    await beat();
    if (!stopped) timer = clock.after(BEAT_MS, () => void run());
  }

  return {
    instance,
    start: run,
    refresh: beat,
    isAlive: (other) => living.some((known) => known.instance === other),
    seenElsewhere: (host) => living.some((known) => known.instance !== instance && known.hosts.includes(host)),
    onBeat: (listener) => void listeners.add(listener),
    count: () => living.length,
    async stop() {
      stopped = true;
      timer?.cancel();
      listeners.clear();
      await store.leave({ name, instance }).catch((error: unknown) => logger.debug({ err: error }, 'not signed off'));
    },
  };
}
