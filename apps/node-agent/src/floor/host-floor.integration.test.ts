/** One session does its worst to what all share; it alone is stopped, and the other one works on. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AgentFact, DISK_SHORT_REASON, newSessionId, type SessionId } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeService } from '../nodes/node-service.ts';
import { readCgroupHost, v1Mount } from '../runtime/runc/cgroup-host.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { wideGroups } from '../testing/nodes/cgroup-tricks.ts';
import { fullPairs, fullQueue, fullTerminals } from '../testing/nodes/kernel-memory-tricks.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import { createFreezeHolds, type FreezeHolds } from './freeze-holds.ts';
import { createFrozenRecord } from './frozen-record.ts';
import { createHostFloor } from './host-floor.ts';
import { readKernelTotals } from './kernel-totals.ts';
import {
  MAX_SESSION_GROUPS,
  MAX_SESSION_NEIGHBOURS,
  MAX_SESSION_SOCKET_BYTES,
  MAX_SESSION_TERMINALS,
  MAX_SESSION_TRANSPORT_SHARE,
} from './kernel-watch.ts';

const unable = whyNoNodes();
/** On cgroup v2 the kernel bounds the groups of a node, and charges what they make it hold for TCP. */
const boundsGroups = !existsSync('/sys/fs/cgroup/pids');
const run = promisify(execFile);
/** Its number, as perl wants it (asm/unistd.h). */
const UNSHARE = process.arch === 'arm64' ? 97 : 272;
const MIB = 1024 ** 2;
/** The host's disk in this test, what lies on it at first, and the floor. */
const DISK = { bytes: 1400 * MIB, ballast: 700 * MIB, floor: 200 * MIB };

describe.skipIf(unable !== undefined)(`the floor of a host${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const greedy = newSessionId(randomBytes(8));
  const grouping = newSessionId(randomBytes(8));
  const ringing = newSessionId(randomBytes(8));
  const queueing = newSessionId(randomBytes(8));
  const typing = newSessionId(randomBytes(8));
  const filler = newSessionId(randomBytes(8));
  const other = newSessionId(randomBytes(8));
  const facts: Extract<AgentFact, { kind: 'floor' }>[] = [];
  let base: string;
  let host: RealHost;
  let nodes: NodeService;
  let floor: ReturnType<typeof createHostFloor>;
  let holds: FreezeHolds;

  const sh = (sessionId: SessionId, script: string, timeoutSeconds = 100) =>
    nodes.exec(sessionId, 'node1', { command: ['/bin/bash', '-c', script], timeoutSeconds });
  const told = (action: string) => facts.filter((fact) => fact.action === action).map(({ sessionId }) => sessionId);

  async function isFrozen(sessionId: SessionId): Promise<boolean> {
    const cgroups = await readCgroupHost();
    const group = `drydock/${sessionId}/node1`;
    if (cgroups.version === 2) return (await readFile(`/sys/fs/cgroup/${group}/cgroup.freeze`, 'utf8')).trim() === '1';
    return (await readFile(`${v1Mount(cgroups, 'freezer')}/${group}/freezer.state`, 'utf8')) !== 'THAWED\n';
  }

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'drydock-test-'));
    const [image, stateDir] = [join(base, 'disk'), join(base, 'state')];
    await writeFile(image, '');
    await truncate(image, DISK.bytes);
    await mkdir(stateDir);
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
    await run('mount', ['-o', 'loop', image, stateDir]);
    await run('fallocate', ['-l', String(DISK.ballast), join(stateDir, 'ballast')]);
    host = await openRealHost(IMAGES, 'error', { stateDir });
    nodes = await host.startAgent();
    for (const sessionId of [greedy, grouping, ringing, queueing, typing, filler, other]) {
      await nodes.create({ sessionId, node: 'node1', index: 1, limits: TEST_LIMITS });
    }
    holds = createFreezeHolds({
      record: createFrozenRecord(join(stateDir, 'held.json')),
      freeze: nodes.freezeSession,
      sessions: () => nodes.list().map(({ sessionId }) => sessionId),
    });
    floor = createHostFloor({
      stateDir,
      diskFloorBytes: DISK.floor,
      runtime: host.runtime,
      nodes,
      holds,
      totals: readKernelTotals,
      tell: (fact) => facts.push(fact),
      base: { clock: systemClock, logger: createLogger('test', 'silent') },
    });
    floor.start();
  });
  afterAll(async () => {
    floor?.stop();
    await host?.close().catch(() => undefined); // The state directory itself is a mount and stays.
    await run('umount', [join(base, 'state')]);
    await rm(base, { recursive: true, force: true });
  });

  test('a full disk: the session that writes is frozen before the last byte, and goes on when there is room', async () => {
    // Slowly enough that the watch has its turns on a busy machine.
    const writing = sh(
      greedy,
      'for i in $(seq 1 60); do [ -e /root/enough ] && exit; dd if=/dev/urandom of=/root/f$i bs=1M count=20 2>/dev/null || exit 1; sync; sleep 0.1; done',
    );
    writing.catch(() => undefined);
    await expect.poll(() => told('freeze'), { timeout: 60_000 }).toContain(greedy);
    expect(facts.find(({ action }) => action === 'freeze')?.reason).toBe(DISK_SHORT_REASON);
    // The host's disk has room, and the other one writes.
    expect((await sh(other, 'dd if=/dev/urandom of=/root/own bs=1M count=5 && sync && echo well')).stdout).toBe(
      'well\n',
    );
    expect(told('freeze')).not.toContain(other);
    expect(told('thaw')).toEqual([]);
    // An operator freezes it too: room is not enough for it then.
    await holds.set(greedy, 'manager', true);
    await rm(join(base, 'state', 'ballast'));
    await expect.poll(() => told('thaw'), { timeout: 30_000 }).toContain(greedy);
    expect(await isFrozen(greedy)).toBe(true);
    await holds.set(greedy, 'manager', false);
    expect(await isFrozen(greedy)).toBe(false);
    await run('fstrim', [join(base, 'state')]).catch(() => undefined);
    expect((await sh(greedy, 'touch /root/enough; rm -f /root/f*; sync; echo well')).stdout).toBe('well\n');
  });

  test('permanent neighbours: the session that makes them is told of, and nobody else', async () => {
    const many = MAX_SESSION_NEIGHBOURS + 5000;
    const line = 'neigh add 10.%d.%d.%d lladdr 02:00:00:00:00:01 nud permanent dev v0\\n';
    const script = [
      'ip link add v0 type veth peer name v1; ip addr add 10.0.0.1/8 dev v0; ip link set v1 up; ip link set v0 up',
      `perl -e 'printf "${line}", 1 + $_ / 62500, ($_ / 250) % 250, 1 + $_ % 250 for 1..${many}' | ip -batch -`,
      'exec sleep 60',
    ].join('\n');
    await sh(greedy, `cat > /root/fill <<'SCRIPT'\n${script}\nSCRIPT`);
    // In a namespace of its own, which the node's first process does not see.
    const making = sh(greedy, 'unshare --net bash /root/fill');
    making.catch(() => undefined);
    await expect.poll(() => told('end'), { timeout: 60_000 }).toContain(greedy);
    expect(facts.find(({ action }) => action === 'end')?.reason).toMatch(/^its nodes hold \d{5} network neighbours/);
    expect(told('end')).not.toContain(other);
    // Stopped at once, before anybody has ended it.
    await expect.poll(() => isFrozen(greedy)).toBe(true);
    expect((await sh(other, 'echo well')).stdout).toBe('well\n');
  });

  test('rings of packet sockets, which nobody pays for: the session that makes them is told of and stopped, and nobody else', async () => {
    // AF_PACKET, SOL_PACKET and PACKET_RX_RING: 2 MiB as tcpdump has it, and then 512 MiB in a namespace that only the socket keeps.
    const ring = (mib: number) =>
      `socket(S${mib}, 17, 3, 0) && setsockopt(S${mib}, 263, 5, pack("IIII", 1 << 20, ${mib}, 2048, ${mib} * 512)) or die $!;`;
    const capturing = sh(other, `exec perl -e '${ring(2)} sleep 60'`);
    capturing.catch(() => undefined);
    const before = (await readKernelTotals()).unexplainedBytes;
    const making = sh(ringing, `exec unshare --net perl -e '${ring(512)} syscall(${UNSHARE}, 0x40000000); sleep 60'`);
    making.catch(() => undefined);
    await expect.poll(() => told('end'), { timeout: 60_000 }).toContain(ringing);
    expect(facts.find(({ sessionId }) => sessionId === ringing)?.reason).toMatch(/^its nodes hold 51\d MiB in rings/);
    expect((await readKernelTotals()).unexplainedBytes - before).toBeGreaterThan(MAX_SESSION_SOCKET_BYTES);
    await expect.poll(() => isFrozen(ringing)).toBe(true);
    expect(told('end')).not.toContain(other);
    expect((await sh(other, 'echo well')).stdout).toBe('well\n');
    // Its end gives the memory back.
    await nodes.destroySession(ringing);
    const left = async () => (await readKernelTotals()).unexplainedBytes - before;
    await expect.poll(left, { timeout: 20_000 }).toBeLessThan(MAX_SESSION_SOCKET_BYTES);
  });

  test('what waits before a link that lets nothing pass: its session is told of and stopped, and its end gives the memory back', async () => {
    const before = (await readKernelTotals()).unreclaimableBytes;
    const waiting = sh(queueing, `exec unshare --net perl -MSocket -e '${fullQueue(120_000)}'`);
    waiting.catch(() => undefined);
    await expect.poll(() => told('end'), { timeout: 60_000 }).toContain(queueing);
    expect(facts.find(({ sessionId }) => sessionId === queueing)?.reason).toMatch(/MiB in rings, queues/);
    await expect.poll(() => isFrozen(queueing)).toBe(true);
    expect(told('end')).not.toContain(other);
    const more = async () => (await readKernelTotals()).unreclaimableBytes - before;
    expect(await more()).toBeGreaterThan(MAX_SESSION_SOCKET_BYTES / 2);
    // Its sockets are closed, and what they have sent would keep the namespace for ever.
    await nodes.destroySession(queueing);
    await expect.poll(more, { timeout: 20_000 }).toBeLessThan(MAX_SESSION_SOCKET_BYTES / 4);
  });

  test('terminals without end: the session that opens them is told of and stopped', async () => {
    const bound = '/proc/sys/kernel/pty/max';
    const most = await readFile(bound, 'utf8');
    // As npm start has it.
    await writeFile(bound, String(Math.max(Number(most), 65_536)));
    const opening = sh(
      typing,
      `ulimit -n $(ulimit -Hn); exec perl -e '${fullTerminals(MAX_SESSION_TERMINALS + 1000)}'`,
    );
    opening.catch(() => undefined);
    await expect.poll(() => told('end'), { timeout: 60_000 }).toContain(typing);
    expect(facts.find(({ sessionId }) => sessionId === typing)?.reason).toMatch(/^its nodes hold \d+ terminals/);
    expect(told('end')).not.toContain(other);
    await nodes.destroySession(typing);
    await writeFile(bound, most);
  });

  test.skipIf(boundsGroups)(
    'buffers of TCP in a group that the node made, which no limit holds: the session that takes the machine’s is told of and stopped',
    async () => {
      // As a container's group is: on v1 the limit of the node's own is not its.
      const most = (await readKernelTotals()).transportPotBytes * MAX_SESSION_TRANSPORT_SHARE;
      const group = '/sys/fs/cgroup/memory/own';
      const pairs = Math.ceil((1.5 * most) / (5 * MIB));
      const filling = sh(
        filler,
        `mkdir ${group} && echo $$ > ${group}/cgroup.procs; exec perl -MSocket -e '${fullPairs(pairs)}'`,
      );
      filling.catch(() => undefined);
      await expect.poll(() => told('end'), { timeout: 60_000 }).toContain(filler);
      expect(facts.find(({ sessionId }) => sessionId === filler)?.reason).toMatch(/in buffers of TCP and UDP/);
      await expect.poll(() => isFrozen(filler)).toBe(true);
      expect(told('end')).not.toContain(other);
      expect((await sh(other, 'echo well')).stdout).toBe('well\n');
      await nodes.destroySession(filler);
      const left = async () => (await readKernelTotals()).transportBytes;
      await expect.poll(left, { timeout: 20_000 }).toBeLessThan(most / 4);
    },
  );

  test.skipIf(boundsGroups)(
    'cgroups without end: the session that makes them is told of, and nobody else',
    {
      timeout: 120_000,
    },
    async () => {
      const making = nodes.exec(grouping, 'node1', {
        command: ['perl', '-e', wideGroups(MAX_SESSION_GROUPS, '100003', 'pids')],
        timeoutSeconds: 100,
      });
      making.catch(() => undefined);
      await expect.poll(() => told('end'), { timeout: 90_000 }).toContain(grouping);
      expect(facts.find(({ sessionId }) => sessionId === grouping)?.reason).toMatch(
        /^its nodes hold more than \d+ cgroups/,
      );
      await expect.poll(() => isFrozen(grouping)).toBe(true);
      expect(told('end')).not.toContain(other);
      expect((await sh(other, 'echo well')).stdout).toBe('well\n');
    },
  );
});
