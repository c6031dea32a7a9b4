/** What every store of labs promises. */
import { sessionIdSchema } from '@drydock/protocol';
import { describe, expect, it } from 'vitest';
import { type LabRecord, newLabRecord } from '../../model/lab-record.ts';
import type { LabStore } from './lab-store.ts';

const SESSION = sessionIdSchema.parse('aaaaaaaa');
const record = (version: number, step: string | null = null): LabRecord => ({
  ...newLabRecord({ id: 'first', digest: 'd' }, 'first', 1),
  version,
  step,
});

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function labsContract(make: () => Promise<LabStore>): void {
  describe('labs', () => {
    it('writes a record over the one that it was made from, and over no other', async () => {
      const store = await make();
      expect(await store.get(SESSION)).toBeUndefined();
      expect(await store.put(SESSION, record(2))).toBe(false);
      expect(await store.put(SESSION, record(1))).toBe(true);
      expect(await store.put(SESSION, record(1, 'other'))).toBe(false);
      expect(await store.put(SESSION, record(2, 'one'))).toBe(true);
      expect(await store.get(SESSION)).toEqual(record(2, 'one'));
      await store.remove(SESSION);
      expect(await store.get(SESSION)).toBeUndefined();
      expect(await store.put(SESSION, record(1))).toBe(true);
    });

    it('lets one of two writers have the next version', async () => {
      const store = await make();
      await store.put(SESSION, record(1));
      const written = await Promise.all([store.put(SESSION, record(2, 'a')), store.put(SESSION, record(2, 'b'))]);
      expect(written.filter(Boolean)).toHaveLength(1);
    });

    it('gives the files of a digest back byte for byte', async () => {
      const store = await make();
      expect(await store.files('d1')).toBeUndefined();
      const bytes = Buffer.from([0, 255, 128, 13, 10]);
      await store.putFiles('d1', bytes);
      expect(Buffer.compare((await store.files('d1')) ?? Buffer.alloc(0), bytes)).toBe(0);
    });
  });
}
