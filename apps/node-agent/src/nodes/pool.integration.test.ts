import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCgroupHost } from '../runtime/runc/cgroup-host.ts';
import { createCgroups } from '../runtime/runc/cgroups.ts';
import type { NodeKey } from '../runtime/runtime.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import type { NodeService } from './node-service.ts';

const unable = whyNoNodes();

/** Everything on this machine that carries one of these names. */
function remains(host: RealHost, names: readonly string[]): string[] {
  const claims = readdirSync('/run/drydock/alloc').map((name) => readFileSync(`/run/drydock/alloc/${name}`, 'utf8'));
  const texts = [
    readFileSync('/proc/self/mounts', 'utf8'),
    execFileSync('losetup', ['-a']).toString(),
    execFileSync('ip', ['-o', 'link']).toString(),
    execFileSync('ip', ['netns', 'list']).toString(),
    execFileSync('find', ['/sys/fs/cgroup', '-path', '*/drydock/*', '-type', 'd']).toString(),
    execFileSync('find', [host.stateDir, '/run/drydock/runc']).toString(),
    claims.map((text) => text.replaceAll('\n', ' ')).join('\n'),
  ];
  return texts.flatMap((text) => text.split('\n')).filter((line) => names.some((name) => line.includes(name)));
}

describe.skipIf(unable !== undefined)(`the warm pool${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  let host: RealHost;
  let agent: NodeService;
  const names = new Set<string>([session]);

  beforeAll(async () => {
    host = await openRealHost(IMAGES, 'warn', { poolSize: 2 });
    agent = await host.startAgent();
    await filled();
  });
  afterAll(() => host?.close());

  async function filled(): Promise<void> {
    await vi.waitFor(() => expect(host.pool().size()).toBe(2), { timeout: 60_000, interval: 50 });
    for (const { sessionId } of await members()) names.add(sessionId);
  }
  const members = async (): Promise<NodeKey[]> =>
    (await host.runtime.list()).filter(({ sessionId }) => sessionId.startsWith('pool-'));
  const create = (name: string, index: number, limits = TEST_LIMITS) =>
    agent.create({ sessionId: session, node: name, index, limits });

  async function run(node: string, script: string) {
    const result = await agent.exec(session, node, { command: ['/bin/bash', '-c', script], timeoutSeconds: 60 });
    return { ...result, text: result.stdout.trim() };
  }

  test('members use no processor time, have no network but their own loopback, and no name', async () => {
    const cgroups = createCgroups(await readCgroupHost());
    const [member] = await members();
    if (!member) throw new Error('no member');
    const presence = await host.runtime.probe(member);
    const pid = firstProcess(presence.state === 'running' ? presence.node : undefined);
    const before = (await cgroups.usage(member)).cpuNanoseconds;
    await sleep(2000);
    expect((await cgroups.usage(member)).cpuNanoseconds - before).toBe(0);
    const links = execFileSync('nsenter', ['-t', String(pid), '-n', 'ip', '-o', '-br', 'link']).toString();
    expect(links.split('\n').filter((line) => line !== '' && !/^(lo|docker0) /.test(line))).toEqual([]);
  });

  test('a claimed node is whole: named, addressed, its own disk, and its engine works', async () => {
    expect(await create('node1', 1)).toMatchObject({ from: 'pool', state: 'running', ip: '192.168.0.11' });
    const said = await run('node1', 'hostname; cat /etc/hostname; hostname -I; docker info -f "{{.Name}} {{.Driver}}"');
    expect(said.text).toMatch(/^node1\nnode1\n192\.168\.0\.11 172\.17\.0\.1 ?\nnode1 overlay2$/);
    expect(
      (await run('node1', 'grep -c . /etc/machine-id; cat /etc/resolv.conf | head -1; tail -3 /etc/hosts')).text,
    ).toBe('1\nnameserver 192.168.0.1\n# Drydock: this session\n192.168.0.11\tnode1\n# Drydock: end');
    expect((await run('node1', 'cat /sys/class/net/eth0/mtu; docker network inspect bridge | grep -c 1500')).text).toBe(
      '1500\n1',
    );
    expect((await run('node1', 'systemctl is-active docker containerd ssh')).text).toBe('active\nactive\nactive');
    await expect.poll(() => agent.list()[0]?.dockerReady).toBe(true);
    // What was before the claim cannot be asked for by its old name.
    expect(remains(host, [session]).some((line) => line.includes('disk'))).toBe(true);
  });

  test('claimed and made nodes of a session are alike: they ping, log in to one another and form a swarm', async () => {
    expect(await create('node2', 2, { ...TEST_LIMITS, diskBytes: 2 * TEST_LIMITS.diskBytes })).toMatchObject({
      from: 'cold',
    });
    for (const [node, other] of [
      ['node1', 'node2'],
      ['node2', 'node1'],
    ] as const) {
      const ip = other === 'node1' ? '192.168.0.11' : '192.168.0.12';
      expect((await run(node, `ping -c1 -W2 ${ip} >/dev/null && echo reached`)).text).toBe('reached');
      await run(node, '/usr/lib/drydock/drydock-ctl wait ssh 60; /usr/lib/drydock/drydock-ctl wait docker 60');
      await expect
        .poll(async () => (await run(node, `ssh -o BatchMode=yes ${ip} hostname`)).text, { timeout: 20_000 })
        .toBe(other);
    }
    expect((await run('node1', 'docker swarm init')).text).toContain('192.168.0.11:2377');
    const token = (await run('node1', 'docker swarm join-token -q worker')).text;
    expect((await run('node2', `docker swarm join --token ${token} 192.168.0.11:2377`)).exitCode).toBe(0);
    await expect
      .poll(async () => (await run('node1', "docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).text, {
        timeout: 20_000,
      })
      .toBe('node1 Ready\nnode2 Ready');
    const maps = await Promise.all(['node1', 'node2'].map((node) => run(node, 'cat /proc/self/uid_map')));
    expect(maps[0]?.text).not.toBe(maps[1]?.text);
  });

  test('limits of the claim hold, though the member had others', async () => {
    await filled();
    expect(await create('small', 3, { ...TEST_LIMITS, pids: 300, cpus: 0.5 })).toMatchObject({ from: 'pool' });
    const many = await run('small', 'for i in $(seq 400); do sleep 5 & done 2>&1 | tail -c 200; true');
    expect(many.stdout + many.stderr).toMatch(/Resource temporarily unavailable|Cannot fork|retry/i);
    expect((await run('small', 'df -B1 --output=size / | tail -1')).text).toMatch(/^4\d{9}$/);
    await run('small', 'pkill sleep; true');
  });

  test('a new agent takes over members and claimed nodes by what is on the host', async () => {
    await filled();
    const before = (await members()).map(({ sessionId }) => sessionId).sort();
    await run('node1', 'echo kept >/root/file');
    // As after kill -9: nobody said good-bye, and what waited for identities has ended with the agent.
    agent.close();
    await host.pool().close();
    agent = await host.startAgent();
    expect(
      agent
        .list()
        .map(({ name, state }) => `${name} ${state}`)
        .sort(),
    ).toEqual(['node1 running', 'node2 running', 'small running']);
    expect((await run('node1', 'cat /root/file; hostname')).text).toBe('kept\nnode1');
    await filled();
    expect((await members()).map(({ sessionId }) => sessionId).sort()).toEqual(before);
    expect(await create('node4', 4)).toMatchObject({ from: 'pool' });
    expect((await run('node4', 'hostname; docker info -f "{{.Name}}"')).text).toBe('node4\nnode4');
  });

  test('the end of all leaves nothing of members and nodes', async () => {
    await agent.destroySession(session);
    await host.pool().destroyAll();
    await expect.poll(() => remains(host, [...names]), { timeout: 5000 }).toEqual([]);
    expect(await host.runtime.list()).toEqual([]);
  });
});
