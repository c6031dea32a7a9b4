/** Root in a node finds an empty room: every attempt is made as the node's root, and again from a privileged container in the node. */
import { type ApiSession, createSession } from '../../support/api.ts';
import { openHost } from '../../support/escape/host.ts';
import { ESCAPE_ATTEMPTS } from '../../support/escape/index.ts';
import { expect, test } from '../../support/test.ts';

/** A container that holds everything the node itself holds: its image is the node's own root. */
const MAKE_CONTAINER = `tar -C / --one-file-system --exclude=./var/lib/docker -c usr bin sbin lib lib64 etc | docker import - self >/dev/null &&
  docker run -d --name privileged --privileged --pid=host --net=host --ipc=host --uts=host --cgroupns=host -v /:/node self sleep infinity &&
  docker exec privileged mkdir -p /mnt /tmp /root`;

test.describe('escape', () => {
  let session: ApiSession;
  let host: Awaited<ReturnType<typeof openHost>>;

  test.beforeAll(async ({ stack }) => {
    host = await openHost(stack);
    session = await createSession(stack.origin);
    await session.addNode('node1');
    await session.dockerReady('node1');
    const made = await session.sh('node1', MAKE_CONTAINER, 120);
    expect(made.exitCode, made.stderr).toBe(0);
  });
  test.afterAll(async () => {
    host?.close();
    await session?.close();
  });

  for (const attempt of ESCAPE_ATTEMPTS) {
    test(`${attempt.name}: as the node's root`, async () => {
      const run = await session.sh('node1', `${attempt.script(host.facts)}\necho attempted`);
      expect(run.stdout, attempt.reason).not.toContain('ESCAPED');
      expect(run.stdout, run.stderr).toContain('attempted');
    });

    test(`${attempt.name}: from a privileged container`, async () => {
      const script = Buffer.from(`${attempt.script(host.facts)}\necho attempted`).toString('base64');
      const inside = `docker exec --privileged privileged bash -c 'echo ${script} | base64 -d | bash'`;
      const run = await session.sh('node1', inside, 90);
      expect(run.stdout, attempt.reason).not.toContain('ESCAPED');
      expect(run.stdout, run.stderr).toContain('attempted');
    });
  }
});
