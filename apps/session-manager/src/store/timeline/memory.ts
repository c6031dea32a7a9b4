/** Timelines in memory. */
import { MAX_TIMELINE_ENTRIES, type TimelineEntry } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { createMemoryOnce } from '../once/memory.ts';
import { ONCE_MS, TIMELINE_MS, type TimelineStore } from './timeline-store.ts';

/** Builds an empty one. */
export function createMemoryTimeline(clock: Clock): TimelineStore {
  const timelines = new Map<string, { entries: TimelineEntry[]; lastAt: number }>();
  const said = createMemoryOnce(clock);
  return {
    async add(sessionId, fact, once) {
      if (!(await said.take(`${sessionId} ${once}`, ONCE_MS))) return undefined;
      const now = clock.now();
      for (const [id, { lastAt }] of timelines) if (now - lastAt > TIMELINE_MS) timelines.delete(id);
      const entries = timelines.get(sessionId)?.entries ?? [];
      const [at = '', count = ''] = entries.at(-1)?.id.split('-') ?? [];
      const entry = { ...fact, id: Number(at) === now ? `${now}-${Number(count) + 1}` : `${now}-0` };
      timelines.set(sessionId, { entries: [...entries, entry].slice(-MAX_TIMELINE_ENTRIES), lastAt: now });
      return entry;
    },
    async read(sessionId) {
      return [...(timelines.get(sessionId)?.entries ?? [])];
    },
  };
}
