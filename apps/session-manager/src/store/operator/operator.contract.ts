/** What every operator’s store promises. */
import { type Block, MAX_AUDIT_ENTRIES, MAX_BLOCKS } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import type { OperatorStore } from './operator-store.ts';

const block = (id: string): Block => ({
  id,
  kind: 'network',
  value: '203.0.113.0/24',
  reason: 'mining',
  by: 'ann',
  createdAt: 1,
  until: 2,
});

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function operatorContract(make: () => Promise<OperatorStore>): void {
  describe('operator', () => {
    it('keeps blocks until they are taken away, and no more than there may be', async () => {
      const store = await make();
      expect(await store.blocks()).toEqual([]);
      for (let index = 0; index < MAX_BLOCKS; index += 1) expect(await store.putBlock(block(`b${index}`))).toBe(true);
      expect(await store.putBlock(block('one-more'))).toBe(false);
      expect(await store.putBlock({ ...block('b0'), until: 3 })).toBe(true);
      expect(await store.blocks()).toHaveLength(MAX_BLOCKS);
      expect(await store.removeBlock('b1')).toBe(true);
      expect(await store.removeBlock('b1')).toBe(false);
      expect((await store.blocks()).find(({ id }) => id === 'b0')).toEqual({ ...block('b0'), until: 3 });
    });

    it('keeps one stop of starts', async () => {
      const store = await make();
      expect(await store.startsStop()).toBeUndefined();
      const stop = { message: 'back at nine', by: 'ann', at: 1 };
      await store.setStartsStop(stop);
      expect(await store.startsStop()).toEqual(stop);
      await store.setStartsStop(undefined);
      expect(await store.startsStop()).toBeUndefined();
    });

    it('keeps the last of the audit trail, the newest first', async () => {
      const store = await make();
      for (let at = 1; at <= MAX_AUDIT_ENTRIES + 3; at += 1) {
        await store.addToAudit({ at, by: 'ann', action: 'end', target: 'aaaaaaaa', detail: `${at}` });
      }
      const entries = await store.audit();
      expect(entries).toHaveLength(MAX_AUDIT_ENTRIES);
      expect(entries[0]).toEqual({
        at: MAX_AUDIT_ENTRIES + 3,
        by: 'ann',
        action: 'end',
        target: 'aaaaaaaa',
        detail: `${MAX_AUDIT_ENTRIES + 3}`,
      });
      expect(entries.at(-1)?.at).toBe(4);
    });
  });
}
