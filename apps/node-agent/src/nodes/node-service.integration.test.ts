import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentFact, newSessionId, type SessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import { remainsOf } from '../testing/nodes/remains.ts';
import type { NodeService } from './node-service.ts';

const unable = whyNoNodes();
const newSession = () => newSessionId(randomBytes(8));

/** A tar of a root file system with nothing but busybox in it. */
function busyboxImage(): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'drydock-busybox-'));
  try {
    mkdirSync(join(root, 'bin'));
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const name of ['sh', 'cat', 'echo', 'dd', 'sleep', 'id', 'mount'])
      symlinkSync('busybox', join(root, 'bin', name));
    return execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe.skipIf(unable !== undefined)(`nodes on a real host${unable ? ` (skipped: ${unable})` : ''}`, () => {
  let host: RealHost;
  let agent: NodeService;

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
    agent = await host.startAgent();
  });
  afterAll(() => host?.close());

  const run = async (session: SessionId, node: string, script: string, stdin?: string) => {
    const result = await agent.exec(session, node, {
      command: ['/bin/bash', '-c', script],
      timeoutSeconds: 60,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return { ...result, text: result.stdout.trim() };
  };

  async function dockerReady(session: SessionId, node: string): Promise<void> {
    await expect
      .poll(() => agent.list().find((report) => report.sessionId === session && report.name === node)?.dockerReady, {
        timeout: 20_000,
      })
      .toBe(true);
  }

  test('a node is a Docker host: named, addressed, and it runs containers', async () => {
    const session = newSession();
    const facts: AgentFact[] = [];
    const stop = agent.onFact((fact) => facts.push(fact));
    const report = await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
    expect(report).toMatchObject({ state: 'running', ip: '192.168.0.11' });
    expect((await run(session, 'node1', 'hostname; id -u; hostname -I')).text).toMatch(/^node1\n0\n192\.168\.0\.11/);
    await dockerReady(session, 'node1');

    const load = await host.runtime.exec(
      { sessionId: session, name: 'node1' },
      { command: ['docker', 'import', '-', 'busybox:test'], stdin: busyboxImage() },
    );
    expect(load.stderr.toString()).toBe('');
    expect((await run(session, 'node1', 'docker run --rm busybox:test echo hello')).text).toBe('hello');
    expect((await run(session, 'node1', 'docker run --rm --privileged busybox:test id -u')).text).toBe('0');
    expect((await run(session, 'node1', 'docker info --format "{{.Driver}}"')).text).toBe('overlay2');

    await agent.destroySession(session);
    stop();
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
    expect(facts.filter((fact) => fact.kind === 'node').map((fact) => fact.node.state)).toEqual(
      expect.arrayContaining(['creating', 'running', 'destroying', 'gone']),
    );
    expect(facts.at(-1)).toEqual({ kind: 'node-gone', sessionId: session, name: 'node1', reason: 'deleted' });
  });

  test('a paused container holds up neither the rest of a node nor its end, and a node at rest has no network', async () => {
    const session = newSession();
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
    await dockerReady(session, 'node1');
    const load = { command: ['docker', 'import', '-', 'busybox:test'], stdin: busyboxImage() };
    await host.runtime.exec({ sessionId: session, name: 'node1' }, load);
    // A number of seconds that nobody else on this machine sleeps for.
    const mark = randomInt(1e8, 1e9);
    const paused = `docker run -d --name box busybox:test sleep ${mark} && docker pause box`;
    expect((await run(session, 'node1', paused)).exitCode).toBe(0);
    const living = () => execFileSync('sh', ['-c', `ps -eo stat,args | grep "[s]leep ${mark}$" | grep -vc "^Z"; true`]);
    expect(living().toString()).toBe('1\n');
    await agent.restSession(session);
    expect(living().toString()).toBe('0\n');
    // Its own docker's bridge is all that it has.
    const ways =
      'ls -d /sys/class/net/eth0; ip route show default; ping -c1 -W1 192.168.0.1 >/dev/null && echo reached';
    expect((await run(session, 'node1', `${ways}; true`)).text).toBe('');
    expect((await run(session, 'node1', 'cat /etc/hostname')).text).toBe('node1');
    await agent.destroySession(session);
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('the same create again answers with the same node; another index is refused', async () => {
    const session = newSession();
    const request = { sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS };
    const [first, second] = await Promise.all([agent.create(request), agent.create(request)]);
    expect(second.createdAt).toBe(first.createdAt);
    await expect(agent.create({ ...request, index: 2 })).rejects.toMatchObject({ code: 'NODE_EXISTS' });
    await Promise.all([agent.destroy(session, 'node1'), agent.destroy(session, 'node1')]);
    await agent.destroy(session, 'node1');
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('two nodes of a session reach each other, have ranges of their own and one key', async () => {
    const session = newSession();
    await Promise.all(
      [1, 2].map((index) => agent.create({ sessionId: session, node: `node${index}`, index, limits: TEST_LIMITS })),
    );
    expect((await run(session, 'node1', 'ping -c1 -W2 192.168.0.12 >/dev/null && echo reached')).text).toBe('reached');
    const maps = await Promise.all(['node1', 'node2'].map((node) => run(session, node, 'cat /proc/self/uid_map')));
    expect(maps[0]?.text).not.toBe(maps[1]?.text);
    await expect
      .poll(
        async () =>
          (await run(session, 'node1', 'ssh -o BatchMode=yes -o StrictHostKeyChecking=no 192.168.0.12 hostname')).text,
        {
          timeout: 10_000,
        },
      )
      .toBe('node2');
    await expect
      .poll(async () => (await run(session, 'node1', 'cat /etc/hosts')).text)
      .toContain('192.168.0.12\tnode2');
    await agent.destroySession(session);
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('limits hold: memory, processes, disk, devices', async () => {
    const session = newSession();
    const limits = { cpus: 0.5, memoryBytes: 400 * 1024 ** 2, diskBytes: 512 * 1024 ** 2, pids: 300 };
    await agent.create({ sessionId: session, node: 'small', index: 1, limits });
    await dockerReady(session, 'small');
    const hog = await run(
      session,
      'small',
      'set -o pipefail; head -c 600m /dev/zero | tail >/dev/null; echo "status $?"',
    );
    expect(hog.text).toContain('status 137');
    await expect
      .poll(async () => (await host.runtime.usage({ sessionId: session, name: 'small' })).oomKills)
      .toBeGreaterThan(0);

    const many = await run(session, 'small', 'for i in $(seq 400); do sleep 5 & done 2>&1 | tail -c 200; true');
    expect(many.stdout + many.stderr).toMatch(/Resource temporarily unavailable|Cannot fork|retry/i);
    await run(session, 'small', 'pkill sleep; true');

    const full = await run(
      session,
      'small',
      'dd if=/dev/zero of=/var/lib/docker/fill bs=1M count=700; rm -f /var/lib/docker/fill',
    );
    expect(full.stderr).toContain('No space left on device');
    expect((await run(session, 'small', 'mknod /tmp/vda b 254 0 2>&1; true')).text).toContain(
      'Operation not permitted',
    );

    const spin = await run(
      session,
      'small',
      'timeout 2 sh -c "while :; do :; done" & timeout 2 sh -c "while :; do :; done"; wait; times',
    );
    expect(spin.exitCode).toBe(0);
    await agent.destroySession(session);
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('a new agent adopts what lives and removes what is half made', async () => {
    const session = newSession();
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
    await run(session, 'node1', 'echo kept > /root/file');
    // As if the agent had been killed in the middle of a create: a node that nobody finished, network and record included.
    await host.runtime.create({ sessionId: session, name: 'half', limits: TEST_LIMITS });
    agent.close();

    agent = await host.startAgent();
    expect(agent.list().map(({ name, state }) => ({ name, state }))).toEqual([{ name: 'node1', state: 'running' }]);
    expect((await run(session, 'node1', 'cat /root/file')).text).toBe('kept');
    expect(await host.runtime.probe({ sessionId: session, name: 'half' })).toEqual({ state: 'absent' });
    await agent.create({ sessionId: session, node: 'node2', index: 2, limits: TEST_LIMITS });
    expect((await run(session, 'node2', 'ping -c1 -W2 192.168.0.11 >/dev/null && echo reached')).text).toBe('reached');

    await agent.reconcile([]);
    expect(agent.list()).toEqual([]);
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('a node whose first process ends is told as lost and leaves nothing', async () => {
    const session = newSession();
    const facts: AgentFact[] = [];
    const stop = agent.onFact((fact) => facts.push(fact));
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
    process.kill(firstProcess(agent.get(session, 'node1')?.handle), 'SIGKILL');
    await expect
      .poll(() => facts.at(-1), { timeout: 10_000 })
      .toEqual({ kind: 'node-gone', sessionId: session, name: 'node1', reason: 'lost' });
    stop();
    expect(remainsOf(host.stateDir, [session])).toEqual([]);
  });

  test('after a reboot of the host nothing of its nodes is taken for alive, and nothing is left', async () => {
    const session = newSession();
    await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
    const pid = firstProcess(agent.get(session, 'node1')?.handle);
    agent.close();
    // What a reboot takes: processes, mounts, cgroups, namespaces, and all of /run. The state directory stays, with pids of the last boot.
    process.kill(pid, 'SIGKILL');
    const { stateDir } = host;
    const reboot = `for i in $(seq 100); do [ -e /proc/${pid} ] || break; sleep 0.1; done
      groups() { find /sys/fs/cgroup -depth -type d -path '*/drydock/${session}*' "$@"; }
      # The rest of its processes dies a moment after the first.
      for i in $(seq 100); do groups -exec rmdir {} + 2>/dev/null; [ -z "$(groups)" ] && break; sleep 0.1; done
      umount $(readlink ${stateDir}/nodes/${session}/node1/disk); ip netns del dd-${session}; ip link del dd-${session} 2>/dev/null
      rm -r /run/drydock/runc/${session}-node1; grep -l '"${session}"' /run/drydock/alloc/* | xargs rm`;
    execFileSync('sh', ['-c', reboot]);
    expect(remainsOf(stateDir, [session]).filter((line) => !line.startsWith('file: '))).toEqual([]);

    agent = await host.startAgent();
    // Its hello has no such node: the manager says that it was lost.
    expect(agent.list()).toEqual([]);
    expect(remainsOf(stateDir, [session])).toEqual([]);
  });
});
