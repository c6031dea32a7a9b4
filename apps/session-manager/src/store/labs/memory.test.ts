import { expect, it } from 'vitest';
import { createMemoryLabStore } from './memory.ts';

it('keeps the files of the versions that are used, and not those of every version there ever was', async () => {
  const store = createMemoryLabStore();
  await store.putFiles('used', Buffer.from('used'));
  for (let version = 0; version < 500; version += 1) {
    await store.putFiles(`v${version}`, Buffer.from(String(version)));
    await store.files('used');
  }
  expect(await store.files('used')).toEqual(Buffer.from('used'));
  expect(await store.files('v499')).toBeDefined();
  expect(await store.files('v0')).toBeUndefined();
});
