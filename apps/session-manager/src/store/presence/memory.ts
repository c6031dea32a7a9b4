/** Managers in memory. */
import type { Clock } from '@drydock/service-kit';
import type { ManagerBeat, PresenceStore } from './presence-store.ts';

/** Builds an empty one. */
export function createMemoryPresence(clock: Clock): PresenceStore {
  const beats = new Map<string, { beat: ManagerBeat; at: number }>();
  return {
    async beat(own, ttlMs) {
      const now = clock.now();
      beats.set(own.name, { beat: own, at: now });
      for (const [name, { at }] of beats) if (now - at > ttlMs) beats.delete(name);
      return [...beats.values()].map(({ beat }) => beat);
    },
    async leave({ name, instance }) {
      if (beats.get(name)?.beat.instance === instance) beats.delete(name);
    },
  };
}
