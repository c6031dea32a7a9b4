import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { idLetters } from '@drydock/protocol';
import { describe, expect, test } from 'vitest';
import { nestedGroups, wideGroups } from '../testing/cgroup-tricks.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { openRealHost } from '../testing/real-host.ts';
import { remainsOf } from '../testing/remains.ts';

const unable = whyNoNodes();
/** In each hierarchy. */
const GROUPS = 10_000;
/** A hierarchy at a time: all at once would cost the host some gigabytes. Those where a node's processes are frozen and counted. */
const HIERARCHIES = existsSync('/sys/fs/cgroup/freezer') ? ['freezer', 'pids', 'devices', 'systemd'] : ['.'];

describe.skipIf(unable !== undefined)(`the end of a node${unable ? ` (skipped: ${unable})` : ''}`, () => {
  test.each(HIERARCHIES)(
    `is not stopped by ${GROUPS} groups, wide and nested (%s)`,
    { timeout: 900_000 },
    async (only) => {
      const host = await openRealHost(IMAGES);
      const key = { sessionId: idLetters(randomBytes(8)), name: 'node1' };
      await host.runtime.create({
        ...key,
        limits: { cpus: 2, memoryBytes: 2 * 1024 ** 3, diskBytes: 1024 ** 3, pids: 500 },
      });
      await host.runtime.start(key);
      for (const script of [wideGroups(GROUPS / 2, '100001', only), nestedGroups(GROUPS, '100002', { only })]) {
        // v2 bounds them itself: what could be made must go.
        const made = await host.runtime.exec(key, { command: ['perl', '-e', script], timeoutSeconds: 300 });
        if (only !== '.') expect(made.exitCode, made.stderr.toString()).toBe(0);
      }
      let failure: unknown = 'not tried';
      // Each try goes on where the one before has ended.
      for (let tries = 0; tries < 40 && failure !== undefined; tries += 1) {
        failure = await host.runtime.destroy(key).then(
          () => undefined,
          (error: unknown) => error,
        );
      }
      expect(failure).toBeUndefined();
      expect(remainsOf(host.stateDir, [key.sessionId])).toEqual([]);
      await host.close();
    },
  );
});
