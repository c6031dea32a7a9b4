/**
 * Tricks by names: links that a learner lays where the agent reads, writes or connects for somebody, files whose owner is somebody on
 * the host, names of another session. The control of each shows that the trick would work on whoever looked at it naively.
 */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiSession, createSession } from '../../support/api.ts';
import type { Stack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const SECRET = 'of the host alone';

test.describe('tricks by names', () => {
  let session: ApiSession;
  let neighbour: ApiSession;
  /** A directory of the host's, with a secret in it; the node has none of that name. */
  let directory: string;
  let server: Server;
  let connections = 0;
  let root: string;

  /** The node's files as somebody would see them who follows its links on the host. */
  function naiveRoot(stack: Stack): string {
    const plan = readFileSync(join(stack.stateDir, 'nodes', session.id, 'node1', 'enter.plan'), 'utf8');
    return `/proc/${/^pid (\d+)$/m.exec(plan)?.[1]}/root`;
  }
  const files = (stack: Stack, path: string, init?: RequestInit) =>
    fetch(`${stack.origin}/api/v1/sessions/${session.id}/nodes/node1/files?path=${encodeURIComponent(path)}`, {
      ...init,
      headers: { authorization: `Bearer ${session.token}`, ...init?.headers },
    });

  test.beforeAll(async ({ stack }) => {
    directory = mkdtempSync(join(tmpdir(), 'ddt-links-'));
    writeFileSync(join(directory, 'secret'), SECRET);
    server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).end();
    }).listen(join(directory, 'socket'));
    session = await createSession(stack.origin);
    neighbour = await createSession(stack.origin);
    await session.addNode('node1');
    await neighbour.addNode('elsewhere');
    await session.dockerReady('node1');
    root = naiveRoot(stack);
  });
  test.afterAll(async () => {
    server?.close();
    await session?.close();
    await neighbour?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('a link to a file of the host reads nothing of it', async ({ stack }) => {
    await session.sh('node1', `ln -s ${directory}/secret /root/out; ln -s ${directory} /root/folder`);
    expect(readFileSync(`${root}/root/out`, 'utf8')).toBe(SECRET);
    for (const path of ['/root/out', '/root/folder/secret', `${directory}/secret`]) {
      const answer = await files(stack, path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).not.toContain(SECRET);
    }
  });

  test('an upload through a link writes nothing on the host', async ({ stack }) => {
    await session.sh(
      'node1',
      `ln -s ${directory}/secret /root/over; ln -s ${directory}/new /root/new; mkdir -p /root/own`,
    );
    for (const path of ['/root/over', '/root/new', '/root/folder/new', `/root/own/../../..${directory}/new`]) {
      await files(stack, path, { method: 'PUT', body: 'written' });
    }
    expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe(SECRET);
    expect(existsSync(join(directory, 'new'))).toBe(false);
  });

  test('an engine’s socket that is a link to one of the host is not connected to', async () => {
    const link = `service docker stop; rm -f /run/docker.sock; ln -s ${directory}/socket /run/docker.sock`;
    await session.sh('node1', link);
    expect(statSync(`${root}/run/docker.sock`).isSocket()).toBe(true);
    await expect.poll(async () => (await session.get()).nodes[0]?.dockerReady).toBe(false);
    // The agent looks for the engine again and again; a port that opens makes it look at once.
    await session.sh('node1', 'timeout 3 nc -l -p 4321; true');
    expect(connections).toBe(0);
    await session.sh('node1', 'rm /run/docker.sock; service docker start');
    await session.dockerReady('node1');
  });

  test('files of a node belong to nobody on the host', async ({ stack }) => {
    const made =
      'touch /root/mine; touch /root/theirs; chown 1000:1000 /root/theirs; cp /bin/true /root/set; chmod 4755 /root/set';
    await session.sh('node1', made);
    const disk = join(stack.stateDir, 'nodes', session.id, 'node1', 'disk/upper/root');
    for (const name of ['mine', 'theirs', 'set']) {
      const { uid, gid } = statSync(join(disk, name));
      expect(Math.min(uid, gid)).toBeGreaterThan(2 ** 20);
    }
    // Where they could be run, set-user-id means nothing.
    expect(readFileSync('/proc/self/mounts', 'utf8')).toMatch(
      new RegExp(` ${realpathSync(join(disk, '../..'))} ext4 .*nosuid,nodev`),
    );
  });

  test('a node of another session has no name here', async () => {
    const look =
      'for n in node1 elsewhere; do getent hosts $n >/dev/null && echo $n; done; dig +short +time=2 +tries=1 elsewhere @192.168.0.1';
    expect((await session.sh('node1', look)).stdout.trim()).toBe('node1');
    expect((await neighbour.sh('elsewhere', 'getent hosts elsewhere')).stdout).toContain('192.168.0.');
  });
});
