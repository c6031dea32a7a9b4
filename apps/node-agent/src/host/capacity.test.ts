import { tmpdir, totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { capacityOf, readResources } from './capacity.ts';

const GIB = 1024 ** 3;
const limits = { cpus: 2, memoryBytes: 2 * GIB, diskBytes: 10 * GIB, pids: 4096 };
const large = {
  cpus: 64,
  memoryBytes: 256 * GIB,
  availableBytes: 256 * GIB,
  diskBytes: 4096 * GIB,
  pidMax: 4_194_304,
};

test('the scarcest of memory, disk and process numbers bounds the nodes', () => {
  expect(capacityOf(large, { limits, pool: 0 }).maxNodes).toBe(460);
  expect(capacityOf({ ...large, memoryBytes: 8 * GIB }, { limits, pool: 0 }).maxNodes).toBe(14);
  expect(capacityOf({ ...large, diskBytes: 50 * GIB }, { limits, pool: 0 }).maxNodes).toBe(18);
  expect(capacityOf({ ...large, pidMax: 32_768 }, { limits, pool: 0 }).maxNodes).toBe(117);
});

test('without overcommitment every node can have all that it was promised', () => {
  const { maxNodes } = capacityOf({ ...large, diskBytes: 100 * GIB }, { limits, overcommit: 1, pool: 0 });
  expect(maxNodes).toBe(9);
  expect(maxNodes * limits.diskBytes).toBeLessThanOrEqual(90 * GIB);
});

test('the operator’s own bound wins', () => {
  expect(capacityOf(large, { limits, maxNodes: 3, pool: 2 })).toMatchObject({ maxNodes: 3, pool: 2 });
});

test('what could not be removed is not free, and is told', () => {
  expect(capacityOf(large, { limits, pool: 0, remains: 3 })).toMatchObject({ maxNodes: 457, remains: 3 });
  expect(capacityOf(large, { limits, maxNodes: 2, pool: 0, remains: 3 }).maxNodes).toBe(0);
});

test('a host that is smaller than its reserve takes none, rather than a negative number', () => {
  expect(capacityOf({ ...large, memoryBytes: GIB / 2 }, { limits, pool: 0 })).toMatchObject({
    maxNodes: 0,
    memoryBytes: 0,
  });
});

test('this machine’s own resources are read', async () => {
  const resources = await readResources('/tmp', 0);
  expect(resources.cpus).toBeGreaterThan(0);
  expect(resources.memoryBytes).toBeGreaterThan(64 * 1024 ** 2);
  expect(resources.pidMax).toBeGreaterThan(300);
});

test('a machine without the kernel’s files, as macOS with fake nodes, says what it has', async () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
  Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' });
  try {
    const resources = await readResources(tmpdir(), 0);
    expect(resources.memoryBytes).toBe(totalmem());
    expect(resources.pidMax).toBe(99_998);
    expect(capacityOf(resources, { limits, overcommit: 100, pool: 0 }).maxNodes).toBeGreaterThan(0);
  } finally {
    Object.defineProperty(process, 'platform', platform);
  }
});
