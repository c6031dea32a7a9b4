/** What every store of timeline promises. */
import { randomBytes } from 'node:crypto';
import { MAX_TIMELINE_ENTRIES, newSessionId, sessionIdSchema, timelineEntrySchema } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import type { TimelineStore } from './timeline-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function timelineContract(make: () => Promise<TimelineStore>): void {
  describe('timeline', () => {
    it('keeps the last entries of a timeline in order, each thing once however many managers say it', async () => {
      const store = await make();
      const id = newSessionId(randomBytes(8));
      const say = (at: number) => store.add(id, { at, kind: 'node-added', node: 'node1' }, `said ${at}`);
      const [first, again] = [await say(1), await say(1)];
      expect(first).toMatchObject({ at: 1, kind: 'node-added', node: 'node1' });
      expect(again).toBeUndefined();
      for (let at = 2; at <= MAX_TIMELINE_ENTRIES + 5; at += 1) await say(at);
      const entries = await store.read(id);
      expect(entries.map(({ at }) => at)).toEqual(Array.from({ length: MAX_TIMELINE_ENTRIES }, (_, k) => k + 6));
      expect(new Set(entries.map((entry) => timelineEntrySchema.parse(entry).id)).size).toBe(MAX_TIMELINE_ENTRIES);
      expect(await store.read(sessionIdSchema.parse('aaaaaaaa'))).toEqual([]);
    });
  });
}
