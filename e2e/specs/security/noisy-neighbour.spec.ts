/** One node does its worst; another session goes on, and the noisy node itself recovers. How fast the other stays is a benchmark's business. */
import type { ApiError } from '@drydock/client';
import { type ApiSession, createSession } from '../../support/api.ts';
import { type Stack, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

/** Each runs for a bounded time in the noisy node and cleans up after itself where the limit does not. */
const NOISE: { name: string; script: string; check?: string }[] = [
  {
    name: 'all inotify instances',
    script: `timeout 8 perl -e '1 while syscall(294, 0) >= 0; sleep 100'; true`,
    check: `perl -e 'print syscall(294, 0) >= 0 ? 42 : "refused: $!"'`,
  },
  {
    name: 'all terminals of the machine as it comes',
    // kernel.pty.max is 4096, 1024 of them the host's, unless it was raised.
    script: `ulimit -n 8192; timeout 10 perl -e 'for (1..4000) { my $t; open($t, "+<", "/dev/ptmx") or last; push @t, $t } sleep 100'; true`,
    check: `script -qec 'echo $((40 + 2))' /dev/null | tr -d '\\r'`,
  },
  {
    name: 'a hundred thousand open files',
    script: `timeout 10 perl -e 'for (1..100000) { my $f; open($f, "<", "/dev/null") or last; push @f, $f } sleep 100'; true`,
  },
  {
    name: 'fsync storm',
    script: `for i in 1 2 3 4; do timeout 8 dd if=/dev/zero of=/root/storm$i bs=4096 count=1000000 oflag=dsync 2>/dev/null & done; wait; rm -f /root/storm*; true`,
    check: 'echo x > /root/own && sync /root/own && echo 42',
  },
  {
    name: '/dev/shm fill',
    script: 'timeout 20 dd if=/dev/zero of=/dev/shm/fill bs=1M 2>/dev/null; rm -f /dev/shm/fill; true',
  },
  {
    name: 'unanswered neighbours',
    // Every entry waits for an answer that never comes.
    script: `unshare --net bash -c 'ip link add v0 type veth peer name v1; ip addr add 10.0.0.1/8 dev v0; ip link set v1 up; ip link set v0 up
      timeout 8 perl -MSocket -e "socket(S, AF_INET, SOCK_DGRAM, 0); for (1..20000) { send(S, q(x), 0, pack_sockaddr_in(9, pack(q(C4), 10, 1 + int($_ / 62500), int($_ / 250) % 250, 1 + $_ % 250))) }"'; true`,
    check: 'getent hosts node1 >/dev/null && echo 42',
  },
  {
    name: 'tracked connections',
    // As many as the table of its network namespace takes; each is kept for half a minute.
    script: `timeout 15 perl -MSocket -e 'for my $s (1..8) { socket(S, AF_INET, SOCK_DGRAM, 0); for my $p (1..60000) { send(S, q(x), 0, pack_sockaddr_in($p, inet_aton("127.0.0.1"))) } }'; true`,
    check: `getent hosts node1 >/dev/null && perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "192.168.0.1", PeerPort => 5000, Timeout => 5) ? 42 : $@'`,
  },
  {
    name: 'fork bomb',
    // Ended as a group by a process that is there already: no other can be started meanwhile.
    script: `perl -e 'if (!($p = fork)) { setpgrp; exec "bash", "-c", "f() { f | f & }; f" } sleep 8; kill "KILL", -$p' >/dev/null 2>&1; true`,
  },
  { name: 'memory bomb', script: 'timeout -s KILL 20 tail /dev/zero; true' },
  { name: 'disk fill', script: 'dd if=/dev/zero of=/root/fill bs=1M count=200000 2>/dev/null; rm -f /root/fill; true' },
  {
    name: 'inode fill',
    script: 'mkdir /root/many; (cd /root/many; timeout 15 bash -c "seq 100000 | xargs touch"); rm -rf /root/many; true',
  },
  { name: 'cpu burn', script: 'for i in 1 2 3 4 5 6 7 8; do timeout 8 sh -c "while :; do :; done" & done; wait; true' },
  {
    name: 'log flood',
    script: 'timeout 8 docker run --rm --name flood busybox yes >/dev/null; docker rm -f flood 2>/dev/null; true',
  },
  {
    name: 'connection flood',
    script:
      'timeout 15 perl -MIO::Socket::INET -e \'for (1..3000) { push @s, IO::Socket::INET->new(PeerAddr=>"192.168.0.1", PeerPort=>5000, Timeout=>0.01) }\'; true',
  },
];

/** As many as a session has. What fills the host's disk is host-floor.integration.test.ts. */
const WRITERS = 8;
/** What each may write in a second (MB), far less than a disk takes, and what each writes. */
const BOUND_MB = 5;
const WRITTEN_MB = 60;

test.describe('noisy neighbour', () => {
  test.describe.configure({ timeout: 180_000 });
  let noisy: ApiSession;
  let quiet: ApiSession;

  test.beforeAll(async ({ stack }) => {
    noisy = await createSession(stack.origin);
    quiet = await createSession(stack.origin);
    await noisy.addNode('node1');
    await quiet.addNode('node1');
    await noisy.dockerReady('node1');
    await quiet.dockerReady('node1');
    await noisy.sh('node1', 'docker pull busybox', 60);
  });
  test.afterAll(async () => {
    await noisy?.close();
    await quiet?.close();
  });

  for (const { name, script, check = 'echo $((40 + 2))' } of NOISE) {
    test(`${name}: the other session works meanwhile, and the node recovers`, async () => {
      let over = false;
      const noise = noisy
        .sh('node1', script, 120)
        .catch((error: unknown) => error)
        .finally(() => {
          over = true;
        });
      let answered = 0;
      do {
        const echo = await quiet.sh('node1', check, 60);
        expect(echo.stdout.trim()).toBe('42');
        answered += 1;
      } while (!over);
      await noise;
      expect(answered).toBeGreaterThan(0);
      await expect
        .poll(
          async () => {
            // A node at its limit of processes cannot start even this one; it says so, and recovers.
            const run = await noisy.sh('node1', 'docker version >/dev/null && echo well', 30).catch(() => undefined);
            return run?.stdout.trim();
          },
          { timeout: 60_000 },
        )
        .toBe('well');
      expect((await quiet.sh('node1', 'docker run --rm busybox echo well', 60)).stdout.trim()).toBe('well');
    });
  }

  test('memory of the kernel that no group counts: the session that takes it is ended and told why, the other works', async ({
    stack,
  }) => {
    const greedy = await createSession(stack.origin);
    await greedy.addNode('node1');
    const script = `ip link add v0 type veth peer name v1; ip addr add 10.0.0.1/8 dev v0; ip link set v1 up; ip link set v0 up
      perl -e 'printf "neigh add 10.%d.%d.%d lladdr 02:00:00:00:00:01 nud permanent dev v0\\n", 1 + $_ / 62500, ($_ / 250) % 250, 1 + $_ % 250 for 1..60000' | ip -batch -
      exec sleep 100`;
    await greedy.sh('node1', `cat > /root/fill <<'SCRIPT'\n${script}\nSCRIPT`);
    void greedy.sh('node1', 'unshare --net bash /root/fill', 120).catch(() => undefined);
    const ended = () =>
      greedy.get().then(
        () => undefined,
        (error: ApiError) => `${error.code}: ${JSON.stringify(error.details)}`,
      );
    await expect.poll(ended, { timeout: 90_000 }).toMatch(/"ended":"operator".*network neighbours/);
    expect((await quiet.sh('node1', 'docker run --rm busybox echo well', 60)).stdout.trim()).toBe('well');
  });
});

test.describe('noisy neighbour on a place whose nodes have slow disks', () => {
  test.describe.configure({ timeout: 180_000 });
  let own: Stack;

  test.beforeAll(async () => {
    // A stack of its own; a busy machine takes minutes to start one.
    test.setTimeout(300_000);
    own = await startStack({ DRYDOCK_NODE_DISK_MBYTES: String(BOUND_MB) });
  });
  test.afterAll(async () => stopStack(own));

  test(`${WRITERS} nodes that write all they can are each held to their turns, and a node of another session writes`, async () => {
    const [writers, quiet] = await Promise.all([createSession(own.origin), createSession(own.origin)]);
    await quiet.addNode('node1');
    const names = Array.from({ length: WRITERS }, (_, index) => `node${index + 1}`);
    for (const name of names) await writers.addNode(name);
    let over = false;
    // Written past the memory: of what the kernel writes back later cgroup v1 does not know whose it is.
    const fill = `b=$(date +%s.%N); dd if=/dev/zero of=/root/fill bs=256k count=${4 * WRITTEN_MB} oflag=direct 2>/dev/null && perl -e "print $(date +%s.%N) - $b"`;
    const writing = Promise.all(names.map((name) => writers.sh(name, fill, 150))).finally(() => {
      over = true;
    });
    writing.catch(() => undefined);
    let answered = 0;
    do {
      const its = await quiet.sh('node1', 'echo x > /root/own && sync /root/own && echo 42', 60);
      expect(its.stdout.trim()).toBe('42');
      answered += 1;
    } while (!over);
    expect(answered).toBeGreaterThan(1);
    for (const { exitCode, stdout } of await writing) {
      expect(exitCode).toBe(0);
      // Half of the time that the bound asks for: the kernel counts in slices, and lets a first one pass.
      expect(Number(stdout)).toBeGreaterThan(WRITTEN_MB / BOUND_MB / 2);
    }
    await Promise.all([writers.close(), quiet.close()]);
  });
});
