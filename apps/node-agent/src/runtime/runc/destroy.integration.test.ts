import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { newSessionId, type SessionId } from '@drydock/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { frozenGroup, nestedGroups, wideGroups } from '../../testing/nodes/cgroup-tricks.ts';
import { openRealHost, type RealHost } from '../../testing/nodes/real-host.ts';
import { remainsOf } from '../../testing/nodes/remains.ts';

const unable = whyNoNodes();
const LIMITS = { cpus: 2, memoryBytes: 1024 ** 3, diskBytes: 1024 ** 3, pids: 500 };
const hasFreezer = existsSync('/sys/fs/cgroup/freezer');
/** More groups than the walk once looked into. */
const MANY_GROUPS = 4300;
/** With 50 of these in one another a path is longer than the kernel takes (4096 bytes); not all of it is text. */
const LONG_NAME = `("\\xff\\xfe" . 'n' x 200)`;

describe.skipIf(unable !== undefined)(`the end of a node${unable ? ` (skipped: ${unable})` : ''}`, () => {
  let host: RealHost;
  let key: { sessionId: SessionId; name: string };
  /** A number of seconds that nobody else sleeps for. */
  let mark: string;

  const perl = (script: string) =>
    host.runtime.exec(key, { command: ['perl', '-e', script], timeoutSeconds: 120 }).then(({ exitCode, stderr }) => {
      expect(exitCode, stderr.toString()).toBe(0);
    });
  /** Processes of the trick that live, on the host: dead ones that nobody reaps have no command line. */
  const living = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${mark}\0`;
      } catch {
        return false;
      }
    });

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
  });
  beforeEach(async () => {
    key = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
    mark = String(randomInt(1e8, 1e9));
    await host.runtime.create({ ...key, limits: LIMITS });
    await host.runtime.start(key);
  });
  afterAll(() => host?.close());

  async function expectGone(): Promise<void> {
    await host.runtime.destroy(key);
    expect(living()).toEqual([]);
    expect(await host.runtime.probe(key)).toEqual({ state: 'absent' });
    expect(remainsOf(host.stateDir, [key.sessionId])).toEqual([]);
  }

  test.skipIf(!hasFreezer)('is not stopped by a process that the node has frozen itself', async () => {
    await perl(frozenGroup(mark));
    expect(living()).toHaveLength(1);
    await expectGone();
  });

  test('is not stopped by groups whose paths are longer than the kernel takes and whose names are no text', async () => {
    await perl(nestedGroups(50, mark, { name: LONG_NAME }));
    expect((await host.runtime.kernelHoldings(key, 10_000)).groups).toBeGreaterThan(50);
    await expectGone();
  });

  test(`is not stopped by ${MANY_GROUPS} groups with a child each`, { timeout: 120_000 }, async () => {
    await perl(wideGroups(MANY_GROUPS, mark, hasFreezer ? 'pids' : '.'));
    expect(living()).toHaveLength(1);
    expect((await host.runtime.kernelHoldings(key, 20_000)).groups).toBeGreaterThan(2 * MANY_GROUPS);
    expect((await host.runtime.kernelHoldings(key, 100)).groups).toBe(100);
    await expectGone();
    expect((await host.runtime.kernelHoldings(key, 100)).groups).toBe(0);
  });

  test('at rest nothing lives in any group of any hierarchy', { timeout: 120_000 }, async () => {
    await perl(wideGroups(MANY_GROUPS, mark, hasFreezer ? 'pids' : '.'));
    await perl(nestedGroups(20, mark));
    if (hasFreezer) await perl(frozenGroup(mark));
    expect(living().length).toBeGreaterThan(1);
    await host.runtime.freeze(key, true);
    await host.runtime.rest(key);
    expect(living()).toEqual([]);
    const files = await host.runtime.exec(key, { command: ['cat', '/etc/hostname'], timeoutSeconds: 30 });
    expect(files.exitCode).toBe(0);
    await expectGone();
  });
});
