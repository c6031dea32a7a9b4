/**
 * The end of a node is not the node's to refuse: each trick is played, a naive end is seen to miss the trick's process, and then the node is
 * deleted as anybody deletes a node. Nothing of it may be left.
 */
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type ApiSession, createSession } from '../../support/api.ts';
import { END_TRICKS, type EndTrick } from '../../support/escape/ends.ts';
import { hostLeftovers } from '../../support/host-leftovers.ts';
import { expect, test } from '../../support/test.ts';

const IS_V1 = existsSync('/sys/fs/cgroup/pids');

/** Processes on the host that sleep for `mark` seconds; dead ones that nobody has reaped have no command line. */
function living(mark: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8') === `sleep\0${mark}\0` ? [Number(name)] : [];
    } catch {
      return []; // It is no process, or has gone.
    }
  });
}

/** The node's own group in the hierarchy where processes are counted: that of the process, less what the node has made below. */
function ownGroup(pid: number): string {
  const counted = IS_V1 ? /^\d+:pids:(\/drydock\/[^/]+\/[^/]+\/node)/m : /^0::(\/drydock\/[^/]+\/[^/]+\/node)/m;
  const path = counted.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
  if (path === undefined) throw new Error(`process ${pid} is in no node's group`);
  return `/sys/fs/cgroup${IS_V1 ? '/pids' : ''}${path}`;
}

/** Whether the process lives through a naive end: a kill that it does not get, or the kill of all who are in the node's own group. */
function outlives(escapes: EndTrick['escapes'], pid: number): boolean {
  if (escapes === 'group') {
    return !readFileSync(`${ownGroup(pid)}/cgroup.procs`, 'utf8')
      .split('\n')
      .includes(String(pid));
  }
  process.kill(pid, 'SIGKILL');
  // Bit 8 of the signals that wait is SIGKILL's.
  const waiting = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number.parseInt(waiting ?? '', 16) & 0x100) !== 0;
}

test.describe('the end of a node', () => {
  test.describe.configure({ timeout: 180_000 });
  let session: ApiSession;

  test.beforeEach(async ({ stack }) => {
    session = await createSession(stack.origin);
  });
  test.afterEach(() => session?.close().catch(() => undefined));

  for (const { name, script, escapes, onlyV1 = false } of END_TRICKS) {
    test(`is not stopped by ${name}`, async ({ stack }) => {
      test.skip(onlyV1 && !IS_V1, 'a trick for cgroup v1');
      const marks: Record<string, string> = { node1: String(randomInt(1e8, 1e9)) };
      // Who got a kill dies of it in the end, so that it is no proof for the end of the node.
      if (escapes === 'kill') marks.node2 = String(randomInt(1e8, 1e9));
      for (const [node, mark] of Object.entries(marks)) {
        await session.addNode(node);
        await session.dockerReady(node);
        await session.sh(node, 'docker pull busybox', 60);
        const done = await session.sh(node, script(mark), 110);
        expect(done.exitCode, `${done.stdout}${done.stderr}`).toBe(0);
        expect(living(mark).length).toBeGreaterThan(0);
      }
      const groups = Object.values(marks).map((mark) => ownGroup(living(mark)[0] ?? 0));
      expect(outlives(escapes, living(Object.values(marks).at(-1) ?? '')[0] ?? 0)).toBe(true);
      for (const [node, mark] of Object.entries(marks)) {
        await session.deleteNode(node);
        await expect.poll(() => living(mark), { timeout: 60_000 }).toEqual([]);
      }
      await session.close();
      await expect.poll(() => hostLeftovers(session.id, stack.stateDir), { timeout: 60_000 }).toEqual([]);
      expect(groups.filter((group) => existsSync(group))).toEqual([]);
    });
  }
});
