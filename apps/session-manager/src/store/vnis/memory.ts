/** VNIs counted in memory. */
import { type VniStore, vniOf } from './vni-store.ts';

/** Builds it. */
export function createMemoryVnis(): VniStore {
  let count = 0;
  return {
    async next() {
      count += 1;
      return vniOf(count);
    },
  };
}
