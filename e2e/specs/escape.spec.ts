/** Root in a node finds an empty room: every attempt is made as the node's root, and again from a privileged container in the node. */
import { statSync } from 'node:fs';
import { type ApiSession, createSession } from '../support/api.ts';
import { escapeAttempts } from '../support/escape-attempts.ts';
import { expect, test } from '../support/test.ts';

const rootDevice = statSync('/').dev;
/** Linux's encoding of a device number as stat gives it (sysmacros.h), for majors below 4096. */
const host = { major: (rootDevice >> 8) & 0xfff, minor: (rootDevice & 0xff) | ((rootDevice >> 12) & 0xfff00) };

test.describe('escape', () => {
  let session: ApiSession;

  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin);
    await session.addNode('node1');
    await session.dockerReady('node1');
    // A container that holds everything the node itself holds: its image is the node's own root.
    const made = await session.sh(
      'node1',
      'tar -C / --one-file-system --exclude=./var/lib/docker -c usr bin sbin lib lib64 etc | docker import - self >/dev/null',
      120,
    );
    expect(made.exitCode, made.stderr).toBe(0);
  });
  test.afterAll(async () => session?.close());

  for (const attempt of escapeAttempts(host)) {
    test(`${attempt.name}: as the node's root`, async () => {
      const run = await session.sh('node1', attempt.script);
      expect(run.stdout, attempt.reason).not.toContain('ESCAPED');
    });

    test(`${attempt.name}: from a privileged container`, async () => {
      const script = Buffer.from(attempt.script).toString('base64');
      const run = await session.sh(
        'node1',
        `docker run --rm --privileged --pid=host --net=host -v /:/node self bash -c 'echo ${script} | base64 -d | bash'`,
        90,
      );
      expect(run.stderr, 'the container ran').not.toContain('Error response from daemon');
      expect(run.stdout, attempt.reason).not.toContain('ESCAPED');
    });
  }
});
