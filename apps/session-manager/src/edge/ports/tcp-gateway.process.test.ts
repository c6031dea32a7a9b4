import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';

let ports: PublishedPorts;
beforeEach(async () => {
  ports = await publishPorts();
});
afterEach(() => ports.stop());

const urlOf = (port: number, node = 'node1', session: string = ports.id) =>
  `ws://127.0.0.1:${ports.test.manager.port}/api/v1/sessions/${session}/nodes/${node}/ports/${port}/tcp`;

/** Opens a port; the status when it is refused. */
function open(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const client = new WebSocket(url, { headers });
  client.on('error', () => undefined);
  return new Promise((resolve) => {
    client.once('open', () => resolve(client));
    client.once('unexpected-response', (_request, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
  });
}
const owner = () => ({ authorization: `Bearer ${ports.token}` });

/** A program that answers each line by the same in capitals, and says first who it is. */
const shout = (socket: Socket) => {
  socket.write('hello\n');
  socket.on('error', () => undefined).on('data', (chunk) => socket.write(String(chunk).toUpperCase()));
};

describe('a TCP port by the API', () => {
  it('carries bytes both ways, also those that the program says first', async () => {
    await ports.expose(6379, createServer(shout));
    const client = (await open(urlOf(6379), owner())) as WebSocket;
    let text = '';
    client.on('message', (data) => {
      text += String(data);
    });
    client.send(Buffer.from('ping\n'));
    await expect.poll(() => text).toBe('hello\nPING\n');
    client.close();
  });

  it('moves megabytes whole at the pace of the slower side, and ends when the program ends', async () => {
    const size = 32 * 1024 * 1024;
    await ports.expose(
      5000,
      createServer((socket) => void socket.on('error', () => undefined).end(Buffer.alloc(size, 7))),
    );
    const client = (await open(urlOf(5000), owner())) as WebSocket;
    let bytes = 0;
    client.on('message', (data: Buffer) => {
      bytes += data.length;
    });
    await once(client, 'close');
    expect(bytes).toBe(size);
  });

  it('ends in the node when the client goes, and is told when the program resets', async () => {
    const accepted: Socket[] = [];
    await ports.expose(
      5001,
      createServer((socket) => void accepted.push(socket.on('error', () => undefined).resume())),
    );
    const first = (await open(urlOf(5001), owner())) as WebSocket;
    await expect.poll(() => accepted.length).toBe(1);
    first.terminate();
    await expect.poll(() => accepted[0]?.destroyed || accepted[0]?.readableEnded).toBe(true);
    const second = (await open(urlOf(5001), owner())) as WebSocket;
    await expect.poll(() => accepted.length).toBe(2);
    const closed = once(second, 'close');
    // `resetAndDestroy` would say an orderly end first.
    Object.assign(accepted[1] as Socket, { resetAndClosing: true }).destroy();
    expect((await closed)[0]).toBe(1011);
  });

  it('is for holders of a right token alone, and never for closed ports', async () => {
    await ports.expose(6379, createServer(shout));
    const stranger = await ports.test.createSession();
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect(await open(urlOf(6379), {})).toBe(404);
    expect(await open(urlOf(6379), { cookie: `dd_${ports.id}=${ports.token}` })).toBe(404);
    expect(await open(urlOf(6379), bearer(stranger.token))).toBe(404);
    expect(await open(urlOf(6379), bearer(ports.viewer))).toBe(403);
    expect(await open(urlOf(6379, 'node2'), owner())).toBe(404);
    expect(await open(urlOf(6379, 'node1', 'aaaaaaaa'), owner())).toBe(404);
    for (const port of [22, 2375, 2376, 2377, 7946]) expect(await open(urlOf(port), owner()), `${port}`).toBe(403);
    expect(await open(urlOf(6380), owner())).toBe(502);
  });
});

describe('drydock forward', () => {
  const program = fileURLToPath(new URL('../../../../../apps/cli/src/main.ts', import.meta.url));
  const node = ['--conditions=source', '--import', 'tsx', program, 'forward'];
  const start = (...args: string[]) =>
    spawn(process.execPath, [...node, '-s', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });

  it('makes it a port of this machine, from a session’s link', async () => {
    await ports.expose(6379, createServer(shout));
    const link = `http://127.0.0.1:${ports.test.manager.port}/s/${ports.id}#${ports.token}`;
    const child = start('-', 'node1:6379', '0');
    child.stdin.end(link);
    const [line] = await once(child.stdout, 'data');
    const port = Number(/127\.0\.0\.1:(\d+) leads to node1:6379/.exec(String(line))?.[1]);
    for (let round = 0; round < 2; round += 1) {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.write('one\n');
      await expect.poll(() => text).toBe('hello\nONE\n');
      socket.destroy();
    }
    child.kill();
    await once(child, 'exit');
  });

  it('says what is wrong', async () => {
    const wrong = start('http://nonsense', 'node1:6379');
    expect((await once(wrong, 'exit'))[0]).toBe(64);
    const closed = start(`http://127.0.0.1:${ports.test.manager.port}/s/${ports.id}#${ports.token}`, 'node1:2375', '0');
    const [line] = await once(closed.stdout, 'data');
    connect(Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]), '127.0.0.1').on('error', () => undefined);
    expect(String((await once(closed.stderr, 'data'))[0])).toContain('PORT_CLOSED');
    closed.kill();
    await once(closed, 'exit');
  });
});
