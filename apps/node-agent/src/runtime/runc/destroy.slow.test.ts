import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { newSessionId } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../../testing/env.ts';
import { nestedGroups, wideGroups } from '../../testing/nodes/cgroup-tricks.ts';
import { openRealHost, type RealHost } from '../../testing/nodes/real-host.ts';
import { remainsOf } from '../../testing/nodes/remains.ts';

const unable = whyNoNodes();
const LIMITS = { cpus: 2, memoryBytes: 2 * 1024 ** 3, diskBytes: 1024 ** 3, pids: 500 };
/** Side by side, half of them children of the others. */
const WIDE = 10_000;
/** In one another: the kernel's time for each grows with its depth, so that these cost more than all of the others. */
const DEEP = 4_000;
/** A hierarchy at a time, those by which a node's processes are frozen and counted: all at once would cost the host some gigabytes. */
const HIERARCHIES = existsSync('/sys/fs/cgroup/freezer') ? ['freezer', 'pids'] : ['.'];
/** A try takes 12 seconds at most and the next goes on where it has ended: two minutes, on a busy machine too. */
const MAX_TRIES = 10;
/** Making and ending them (ms); alone on two processors it is well below one minute. */
const LIMIT_MS = 300_000;

describe.skipIf(unable !== undefined)(`the end of a node${unable ? ` (skipped: ${unable})` : ''}`, () => {
  let host: RealHost;
  beforeEach(async () => {
    host = await openRealHost(IMAGES);
  });
  afterEach(() => host.close());

  test.each(HIERARCHIES)(
    `is not stopped by ${WIDE} groups side by side and ${DEEP} in one another (%s)`,
    {
      timeout: LIMIT_MS,
    },
    async (only) => {
      const key = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
      await host.runtime.create({ ...key, limits: LIMITS });
      await host.runtime.start(key);
      for (const script of [wideGroups(WIDE / 2, '100001', only), nestedGroups(DEEP, '100002', { only })]) {
        // v2 bounds them itself: what could be made must go.
        const made = await host.runtime.exec(key, { command: ['perl', '-e', script], timeoutSeconds: 120 });
        if (only !== '.') expect(made.exitCode, made.stderr.toString()).toBe(0);
      }
      let failure: unknown = 'not tried';
      for (let tries = 0; tries < MAX_TRIES && failure !== undefined; tries += 1) {
        failure = await host.runtime.destroy(key).then(
          () => undefined,
          (error: unknown) => error,
        );
      }
      expect(failure).toBeUndefined();
      expect(remainsOf(host.stateDir, [key.sessionId])).toEqual([]);
    },
  );
});
