import { randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { newSessionId, type SessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bodyKey } from '../runtime/node-body.ts';
import type { NodeKey } from '../runtime/runtime.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { firstProcess } from '../testing/nodes/first-process.ts';
import { searchTrees } from '../testing/nodes/in-sight.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import type { NodeService } from './node-service.ts';

const unable = whyNoNodes();

/** What a link below /proc names; nothing for what has ended. */
function nameOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** What a process holds, by the names of its descriptors. */
function held(pid: number | string): string[] {
  let numbers: string[] = [];
  try {
    numbers = readdirSync(`/proc/${pid}/fd`);
  } catch {
    // It has ended.
  }
  return numbers.flatMap((fd) => nameOf(`/proc/${pid}/fd/${fd}`) ?? []);
}

describe.skipIf(unable !== undefined)(`what a node sees of others${unable ? ` (skipped: ${unable})` : ''}`, () => {
  let host: RealHost;
  let agent: NodeService;
  let members: NodeKey[];
  const [own, other] = [newSessionId(randomBytes(8)), newSessionId(randomBytes(8))] as [SessionId, SessionId];
  const elsewhere = `elsewhere-${randomInt(1e6)}`;

  const perl = async (script: string) => {
    const command = ['perl', '-e', script];
    const result = await host.runtime.exec({ sessionId: own, name: 'node1' }, { command, timeoutSeconds: 120 });
    expect(result.exitCode, result.stderr.toString()).toBe(0);
    return result.stdout.toString().trim().split('\n');
  };

  beforeAll(async () => {
    host = await openRealHost(IMAGES, 'warn', { poolSize: 2 });
    agent = await host.startAgent();
    await vi.waitUntil(() => host.pool().size() === 2, { timeout: 60_000 });
    members = await host.runtime.list();
    await agent.create({ sessionId: own, node: 'node1', index: 1, limits: TEST_LIMITS });
    await agent.create({ sessionId: other, node: elsewhere, index: 1, limits: TEST_LIMITS });
  });
  afterAll(() => host?.close());

  test('no file, name or link below /proc and /sys tells of another session, its nodes, or the pool', {
    timeout: 120_000,
  }, async () => {
    // The one that it was made under itself is on its own keyring.
    const made = await bodyKey(host.runtime.directory({ sessionId: own, name: 'node1' }), { sessionId: own, name: '' });
    const pool = [...members, ...(await host.runtime.list())].map(({ sessionId }) => sessionId);
    const others = pool.filter((id) => id !== own && id !== made.sessionId);
    expect(others.some((id) => id.startsWith('pool-'))).toBe(true);
    const found = await perl(searchTrees([other, elsewhere, ...others, 'drydock-test-\\w+/nodes']));
    expect(found.filter((line) => line.startsWith('IN SIGHT'))).toEqual([]);
    expect(Number(/^LOOKED AT (\d+)$/m.exec(found.join('\n'))?.[1])).toBeGreaterThan(5000);
    // The search finds what is there: the node's own name, among others.
    expect(
      (await perl(searchTrees(['drydock-init|usr/lib/drydock/init']))).some((line) => line.startsWith('IN SIGHT')),
    ).toBe(true);
  });

  test('every descriptor in a fresh node is the node’s own', async () => {
    // A socket is of the network whose eth0 it knows: asked of a copy of it (pidfd_open, pidfd_getfd, SIOCGIFHWADDR).
    // The engine's netlink sockets (SO_DOMAIN 16) are in namespaces of its own networks, where there is no eth0.
    const descriptors = await perl(`use strict; use Socket; my $me = $$;
      sub mac { my ($socket) = @_; my $ask = pack 'a16 x24', 'eth0'; ioctl($socket, 0x8927, $ask) ? unpack('x18 H12', $ask) : "none: $!" }
      socket my $own, AF_UNIX, SOCK_STREAM, 0; my $mac = mac($own); die "no eth0: $mac" unless $mac =~ /^02dd/;
      sub is_ours { my ($pid, $fd) = @_; my $process = syscall 434, $pid + 0, 0; my $copy = syscall 438, $process, $fd + 0, 0;
        return 1 if $copy < 0 && $!{EBADF}; die "$pid/$fd: $!" if $copy < 0;
        open my $socket, '+<&=', $copy; my $domain = unpack 'i', getsockopt $socket, SOL_SOCKET, 39;
        my $found = mac($socket); close $socket;
        print "domain $domain, eth0 $found: " if $domain != 16 && $found ne $mac; $domain == 16 || $found eq $mac }
      for my $process (grep { $_ ne "/proc/$me" } glob '/proc/[0-9]*') { for my $path (glob "$process/fd/*") {
        my $to = readlink $path // next; my ($pid, $fd) = $path =~ m(/proc/(\\d+)/fd/(\\d+));
        next if $to =~ m(^/dev/(null|ptmx|net/tun)$) || $to =~ m(^anon_inode:) || $to =~ m(^pipe:);
        next if $to =~ m(^socket:) && is_ours($pid, $fd);
        next if $to =~ m(^net:|^/run/netns/|^mnt:) || $to =~ m(^/) && -e $to;
        open my $name, '<', "$process/comm"; print "$pid/$fd $to ", scalar <$name> } }
      print "end\\n"`);
    expect(descriptors).toEqual(['end']);
  });

  test('a node’s first process has no pipe of the host: neither while it is made, nor when it runs', async () => {
    const key = { sessionId: newSessionId(randomBytes(8)), name: 'node1' };
    const made = firstProcess(await host.runtime.create({ ...key, limits: TEST_LIMITS }));
    const streams = [0, 1, 2].map((fd) => nameOf(`/proc/${made}/fd/${fd}`));
    await host.runtime.destroy(key);
    expect(streams).toEqual(['/dev/null', '/dev/null', '/dev/null']);
    // Both ends of a pipe have one name.
    const pipes = (pid: number | string) => held(pid).filter((name) => name.startsWith('pipe:'));
    const isHosts = (pid: string) => nameOf(`/proc/${pid}/ns/pid`) === nameOf('/proc/self/ns/pid');
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isHosts(name));
    const ofHost = new Set(processes.flatMap(pipes));
    expect(ofHost.size).toBeGreaterThan(0);
    const first = firstProcess(agent.get(own, 'node1')?.handle);
    expect(held(first)).toContain('/dev/null');
    expect(pipes(first).filter((name) => ofHost.has(name))).toEqual([]);
  });
});
