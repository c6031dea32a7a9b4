/** One node does its worst; another session goes on, and the noisy node itself recovers. How fast the other stays is a benchmark's business. */
import { type ApiSession, createSession } from '../support/api.ts';
import { expect, test } from '../support/test.ts';

/** Each runs for a bounded time in the noisy node and cleans up after itself where the limit does not. */
const NOISE: { name: string; script: string }[] = [
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

  for (const { name, script } of NOISE) {
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
        const echo = await quiet.sh('node1', 'echo $((40 + 2))', 60);
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
});
