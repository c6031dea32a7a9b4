import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNetnsAddon } from './netns-addon.ts';
import { createNetnsSockets } from './netns-sockets.ts';

const NATIVE_DIR = fileURLToPath(new URL('../../../../native/build', import.meta.url));
const NAME = `ddt-sockets-${process.pid}`;
const netns = { path: `/run/netns/${NAME}` };
const addon = loadNetnsAddon(NATIVE_DIR);
const sockets = createNetnsSockets(addon);

beforeAll(() => {
  execFileSync('ip', ['netns', 'add', NAME]);
  execFileSync('ip', ['-n', NAME, 'link', 'set', 'lo', 'up']);
});
afterAll(() => execFileSync('ip', ['netns', 'del', NAME]));

test('a server in the namespace is reached from inside it and not from outside', async () => {
  const server = createServer((socket) => socket.end('inside'));
  await sockets.listenTcp(netns, '127.0.0.1', 5000, server);
  const socket = await sockets.connectTcp(netns, '127.0.0.1', 5000, 1000);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('inside');
  const own = { path: '/proc/self/ns/net' };
  await expect(sockets.connectTcp(own, '127.0.0.1', 5000, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  server.close();
});

test('the agent stays in its own namespace', () => {
  const before = readlinkSync('/proc/self/ns/net');
  expect(() => addon.openSocket(netns.path, 0, 'tcp', '203.0.113.1', 80, 1)).toThrow(
    expect.objectContaining({ code: 'EADDRNOTAVAIL' }),
  );
  addon.writeSysctl(netns.path, 'ipv4/ip_forward', '1');
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before);
  const inside = execFileSync('ip', ['netns', 'exec', NAME, 'cat', '/proc/sys/net/ipv4/ip_forward']).toString();
  expect(inside.trim()).toBe('1');
});

test('a refused connection says so, and one that nobody answers times out', async () => {
  await expect(sockets.connectTcp(netns, '127.0.0.1', 1, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  execFileSync('ip', ['-n', NAME, 'link', 'add', 'void', 'type', 'veth', 'peer', 'name', 'void2']);
  execFileSync('ip', ['-n', NAME, 'link', 'set', 'void2', 'up']);
  execFileSync('ip', ['-n', NAME, 'link', 'set', 'void', 'up']);
  execFileSync('ip', ['-n', NAME, 'addr', 'add', '198.51.100.1/24', 'dev', 'void']);
  const started = Date.now();
  await expect(sockets.connectTcp(netns, '198.51.100.2', 80, 200)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(Date.now() - started).toBeLessThan(1000);
});

test('each direction closes alone: a peer that ended still gets our answer', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.end('bye'));
  await sockets.listenTcp(netns, '127.0.0.1', 5001, server);
  const got = new Promise<string>((resolve) => {
    server.on('connection', (socket: Socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
  });
  const socket = await sockets.connectTcp(netns, '127.0.0.1', 5001, 1000);
  socket.resume();
  await once(socket, 'end');
  expect(socket.writable).toBe(true);
  socket.end('after the end');
  expect(await got).toBe('after the end');
  server.close();
});

test('a UDP socket of the namespace answers there', async () => {
  const server = await sockets.bindUdp(netns, '127.0.0.1', 5353);
  const client = await sockets.bindUdp(netns, '127.0.0.1', 0);
  server.on('message', (message, peer) => server.send(message, peer.port, peer.address));
  client.send('ping', 5353, '127.0.0.1');
  const [message] = (await once(client, 'message')) as [Buffer];
  expect(message.toString()).toBe('ping');
  await expect(sockets.bindUdp(netns, '127.0.0.1', 5353)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  server.close();
  client.close();
});

test('a namespace that is not the expected one is refused', async () => {
  const right = statSync(netns.path).ino;
  const wrong = { path: netns.path, inode: right + 1 };
  await expect(sockets.connectTcp(wrong, '127.0.0.1', 1, 100)).rejects.toMatchObject({ code: 'ESTALE' });
  const named = { path: netns.path, inode: right };
  await expect(sockets.connectTcp(named, '127.0.0.1', 1, 100)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a unix socket is found in the tree of a process, and links never lead out of it', async () => {
  // A process with a root of its own, in which two links aim at a socket of the host's /tmp.
  const script = [
    'mount -t tmpfs none /mnt && mkdir /mnt/run && cd /mnt',
    `ln -s ../../../../../../../tmp/${NAME}.sock /mnt/run/up && ln -s /tmp/${NAME}.sock /mnt/run/absolute`,
    'mkdir dev proc bin lib lib64 usr && for d in dev proc bin lib lib64 usr; do mount --rbind /$d $d; done',
    `exec chroot . ${process.execPath} -e '
      require("net").createServer((s) => s.end("node")).listen("/run/docker.sock", () => console.log("up"))'`,
  ].join(' && ');
  const outside = createServer((socket) => socket.end('host'));
  outside.listen(`/tmp/${NAME}.sock`);
  const child = spawn('unshare', ['--mount', '--net', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const pid = child.pid as number;
    const socket = sockets.connectUnix(pid, '/run/docker.sock', 0);
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toBe('node');
    socket.destroy();
    for (const link of ['/run/up', '/run/absolute'])
      expect(() => addon.connectUnix(pid, link, 0)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => addon.connectUnix(pid, '/run', 0)).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    const foreign = statSync('/proc/self/ns/net').ino;
    expect(() => addon.connectUnix(pid, '/run/docker.sock', foreign)).toThrow(
      expect.objectContaining({ code: 'ESTALE' }),
    );
  } finally {
    child.kill('SIGKILL');
    outside.close();
  }
});
