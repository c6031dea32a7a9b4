/** What every store of messages promises. */
import { describe, expect, it } from 'vitest';
import type { BusStore } from './bus-store.ts';

/** Declares the suite; `make` gives an empty one, the same for one test. */
export function busContract(make: () => Promise<BusStore>): void {
  describe('bus', () => {
    it('passes a broadcast on to all', async () => {
      const store = await make();
      const heard: string[] = [];
      store.subscribe((message) => heard.push(message));
      store.publish('one');
      store.publish('two');
      await expect.poll(() => heard).toEqual(['one', 'two']);
    });
  });
}
