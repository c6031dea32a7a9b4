import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AGENT_STREAM_PATH, AGENT_STREAM_UPGRADE, idLetters, newSessionId } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionNetnsPath } from '../network/addresses.ts';
import { createCommandShares, MAX_COMMANDS_PER_SESSION } from '../nodes/command-shares.ts';
import { createManagerDial } from '../system/manager-dial.ts';
import { loadNetnsAddon } from '../system/netns-addon.ts';
import { createNetnsSockets } from '../system/netns-sockets.ts';
import { abortStream } from './pipe-both.ts';
import { createStreamOpener } from './stream-opener.ts';

const sockets = createNetnsSockets(loadNetnsAddon(fileURLToPath(new URL('../../../../native/build', import.meta.url))));
const SESSION = newSessionId(randomBytes(8));
const GATEWAY = `dd-${SESSION}`;
const NODE = `ddt-node-${process.pid}`;
const IP = '192.168.0.11';
const nodeNetns = { path: `/run/netns/${NODE}` };
const newStreamId = () => `s${idLetters(randomBytes(31))}`;

/** The manager's side: hands out each stream that an agent brings with the right key. */
const brought = new Map<string, (stream: Duplex) => void>();
let manager: HttpServer;
let managerUrl: string;
const commands = createCommandShares();
let opener: ReturnType<typeof createStreamOpener>;
const servers: Server[] = [];

beforeAll(async () => {
  execFileSync('sh', [
    '-ec',
    `ip netns add ${GATEWAY}; ip netns add ${NODE}
     ip -n ${GATEWAY} link add n1 type veth peer name eth0 netns ${NODE}
     ip -n ${GATEWAY} addr add 192.168.0.1/24 dev n1; ip -n ${GATEWAY} link set n1 up
     ip -n ${NODE} addr add ${IP}/24 dev eth0; ip -n ${NODE} link set eth0 up; ip -n ${NODE} link set lo up`,
  ]);
  manager = createHttpServer((_request, response) => response.writeHead(404).end());
  manager.on('upgrade', (request, socket) => {
    const take = brought.get(request.url?.slice(AGENT_STREAM_PATH.length + 1) ?? '');
    const known = request.headers.authorization === 'Bearer the-key' && request.headers['x-drydock-agent'] === 'host1';
    if (!take || !known || request.headers.upgrade !== AGENT_STREAM_UPGRADE)
      return socket.end('HTTP/1.1 403 No\r\n\r\n');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${AGENT_STREAM_UPGRADE}\r\n\r\n`);
    return take(socket.on('error', () => {}));
  });
  manager.listen(0, '127.0.0.1');
  await once(manager, 'listening');
  const url = `http://127.0.0.1:${(manager.address() as { port: number }).port}`;
  managerUrl = url;
  opener = createStreamOpener({
    commands,
    networks: {
      connectTcp: (sessionId, ip, port, timeoutMs) =>
        sockets.connectTcp({ path: sessionNetnsPath(sessionId) }, ip, port, timeoutMs),
    },
    logger: createLogger('test', 'silent'),
    dial: createManagerDial({ name: 'host1', readKey: async () => 'the-key' }),
    findNode: async (sessionId, node) =>
      sessionId === SESSION && node === 'node1'
        ? {
            sessionId,
            ip: IP,
            handle: {
              connectTcp: (host, port, timeoutMs) =>
                sockets.connectTcp({ ...nodeNetns, inode: statSync(nodeNetns.path).ino }, host, port, timeoutMs),
            },
            enter: ([file, ...args]) => ({ file: file as string, args }),
          }
        : undefined,
  });
});
afterAll(() => {
  for (const server of servers) server.close();
  manager.close();
  execFileSync('sh', ['-c', `ip netns del ${GATEWAY}; ip netns del ${NODE}`]);
});

async function serve(host: string, port: number, handle: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => handle(socket.on('error', () => {})));
  await sockets.listenTcp(nodeNetns, host, port, server);
  servers.push(server);
}

async function open(target: Parameters<typeof opener.open>[0]['target'], node = 'node1') {
  const streamId = newStreamId();
  const stream = new Promise<Duplex>((resolve) => brought.set(streamId, resolve));
  const answer = await opener.open({ sessionId: SESSION, node, streamId, target }, managerUrl);
  return { answer, stream: await stream };
}

/** By events: `for await` would destroy the stream at its end, both directions. */
function readAll(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    stream.once('end', () => resolve(Buffer.concat(chunks).toString()));
    stream.once('error', reject);
  });
}
const closed = (stream: Duplex) => new Promise((resolve) => stream.once('close', resolve));
const settled = async () => {
  for (let tries = 0; opener.count() > 0 && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return opener.count();
};

test('a port of the node is brought to the manager, and each direction ends alone', async () => {
  await serve('0.0.0.0', 8080, (socket) => {
    // Answers only after the other side has ended: lost half-close would hang or cut it.
    readAll(socket).then(
      (text) => socket.end(`echo ${text}`),
      () => {},
    );
  });
  const { answer, stream } = await open({ kind: 'tcp', port: 8080 });
  expect(answer).toEqual({});
  stream.end('hello');
  expect(await readAll(stream)).toBe('echo hello');
  expect(await settled()).toBe(0);
});

test('a program on the node’s loopback alone is reached too, and said to be there', async () => {
  await serve('127.0.0.1', 8081, (socket) => socket.end('local'));
  const { answer, stream } = await open({ kind: 'tcp', port: 8081 });
  expect(answer).toEqual({ loopback: true });
  stream.end();
  expect(await readAll(stream)).toBe('local');
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that this process holds and could not give back: what garbage waits for its collection says nothing of buffers. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('64 MB go through whole while the reader pauses, without being held in memory', async () => {
  const block = randomBytes(1024 * 1024);
  const blocks = 64;
  await serve('0.0.0.0', 8082, (socket) => {
    let left = blocks;
    const more = () => {
      while (left > 0) {
        left -= 1;
        if (!socket.write(block)) return void socket.once('drain', more);
      }
      socket.end();
    };
    more();
  });
  const before = heldBytes();
  const { stream } = await open({ kind: 'tcp', port: 8082 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(stream.readableLength).toBeLessThan(1024 * 1024);
  const hash = createHash('sha256');
  let bytes = 0;
  let most = heldBytes() - before;
  let looked = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes - looked < block.length) continue;
    looked = bytes;
    most = Math.max(most, heldBytes() - before);
  }
  const expected = createHash('sha256');
  for (let at = 0; at < blocks; at += 1) expected.update(block);
  expect(bytes).toBe(blocks * block.length);
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
  expect(most).toBeLessThan(48 * 1024 * 1024);
  stream.end();
});

test('what cannot be opened says why', async () => {
  const code = (target: Parameters<typeof open>[0], node?: string) =>
    open(target, node).then(
      () => 'opened',
      (error: { code: string }) => error.code,
    );
  expect(await code({ kind: 'tcp', port: 9 })).toBe('PORT_REFUSED');
  expect(await code({ kind: 'tcp', port: 8080 }, 'node2')).toBe('NODE_NOT_FOUND');
  for (const port of [22, 2375, 2377, 7946]) expect(await code({ kind: 'tcp', port })).toBe('PORT_CLOSED');
  expect(await settled()).toBe(0);
});

test('a reset on either side ends the other', async () => {
  const accepted: Socket[] = [];
  await serve('0.0.0.0', 8083, (socket) => {
    accepted.push(socket.resume());
    socket.write('up');
  });
  const first = await open({ kind: 'tcp', port: 8083 });
  await once(first.stream, 'data');
  abortStream(first.stream);
  await closed(accepted[0] as Socket);
  const second = await open({ kind: 'tcp', port: 8083 });
  second.stream.on('error', () => {});
  await once(second.stream, 'data');
  abortStream(accepted[1] as Socket);
  second.stream.resume();
  await closed(second.stream);
  expect(await settled()).toBe(0);
});

test('a command’s stdin and stdout are a stream, and it ends with it', async () => {
  const { stream } = await open({ kind: 'exec', command: ['/bin/cat'] });
  stream.end('through cat');
  expect(await readAll(stream)).toBe('through cat');
  const sleeper = await open({ kind: 'exec', command: ['/bin/sh', '-c', 'echo up; exec sleep 1000'] });
  await once(sleeper.stream, 'data');
  abortStream(sleeper.stream);
  expect(await settled()).toBe(0);
});

test('a stream that the manager does not take leaves nothing open', async () => {
  await opener.open({
    sessionId: SESSION,
    node: 'node1',
    streamId: newStreamId(),
    target: { kind: 'tcp', port: 8080 },
  });
  expect(await settled()).toBe(0);
});

test('a node has a bounded number of streams, and its end cuts them all', async () => {
  await serve('0.0.0.0', 8084, (socket) => void socket.resume());
  const streams: Duplex[] = [];
  for (let opened = 0; opened < 512; opened += 1) {
    const { stream } = await open({ kind: 'tcp', port: 8084 });
    streams.push(stream.on('error', () => {}).resume());
  }
  await expect(open({ kind: 'tcp', port: 8084 })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  opener.closeNode(SESSION, 'node1');
  expect(await settled()).toBe(0);
  for (const stream of streams) stream.destroy();
});

test('commands of one session are bounded, whoever runs them, and their ends make room', async () => {
  // What node.exec runs counts too.
  const places = Array.from({ length: MAX_COMMANDS_PER_SESSION - 1 }, () => commands.take(SESSION));
  const { stream } = await open({ kind: 'exec', command: ['/bin/cat'] });
  await expect(open({ kind: 'exec', command: ['/bin/cat'] })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  stream.destroy();
  for (const release of places) release();
  await expect
    .poll(() =>
      open({ kind: 'exec', command: ['/bin/cat'] }).then(
        (opened) => {
          opened.stream.destroy();
          return 'open';
        },
        (error: { code: string }) => error.code,
      ),
    )
    .toBe('open');
});
