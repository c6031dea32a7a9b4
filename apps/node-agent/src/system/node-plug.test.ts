import { readlinkSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openNamespace } from './node-plug.ts';

const OWN = '/proc/self/ns/net';

test.skipIf(process.platform !== 'linux')('a namespace that is held open is the one that was meant', () => {
  const namespace = openNamespace({ kind: 'namespace', netns: { path: OWN, inode: statSync(OWN).ino } });
  expect(readlinkSync(namespace.path)).toBe(readlinkSync(OWN));
  namespace.close();
  expect(() => openNamespace({ kind: 'namespace', netns: { path: OWN, inode: 1 } })).toThrow(/another namespace/);
  expect(() => openNamespace({ kind: 'pretended', connectTcp: () => Promise.reject(new Error()) })).toThrow();
});
