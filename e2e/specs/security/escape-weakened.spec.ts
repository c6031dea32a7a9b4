/** The attempts of escape.spec.ts succeed where no guard stands: each of them can fail. */
import { type ApiSession, createSession } from '../../support/api.ts';
import { openHost } from '../../support/escape/host.ts';
import { ESCAPE_ATTEMPTS } from '../../support/escape/index.ts';
import { expect, test } from '../../support/test.ts';
import { openWeakenedNode, type WeakenedNode } from '../../support/weakened-node.ts';

test.describe('escape from a node without guards', () => {
  let session: ApiSession;
  let host: Awaited<ReturnType<typeof openHost>>;
  let weakened: WeakenedNode;

  test.beforeAll(async ({ stack }) => {
    host = await openHost(stack);
    session = await createSession(stack.origin);
    await session.addNode('node1');
    const [disk] = host.facts.disks;
    if (disk === undefined) throw new Error('no disk to look at');
    weakened = await openWeakenedNode(stack, session.id, 'node1', disk);
  });
  test.afterAll(async () => {
    await weakened?.close();
    host?.close();
    await session?.close();
  });

  for (const attempt of ESCAPE_ATTEMPTS) {
    test(`${attempt.name} succeeds`, async () => {
      const found = await weakened.sh(attempt.script(host.facts));
      const absent = /^ABSENT (.*)$/m.exec(found)?.[1];
      test.skip(absent !== undefined && !found.includes('ESCAPED'), `this kernel has none: ${absent}`);
      expect(found).toContain('ESCAPED');
    });
  }
});
