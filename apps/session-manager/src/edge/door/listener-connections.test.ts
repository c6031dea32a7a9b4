import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, createUncaughtErrors } from '@drydock/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { createListener } from './listener.ts';

/** Far more than any buffer on the way (bytes). */
const UPLOAD = 64 * 1024 * 1024;

let ports: PublishedPorts | undefined;
afterEach(async () => {
  await ports?.stop();
  ports = undefined;
});

describe('a connection', () => {
  const say = (socket: Socket) =>
    new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', () => undefined).once('close', () => resolve(text));
    });

  it('that was upgraded ends each half alone', async () => {
    ports = await publishPorts();
    const server = await ports.serve(8080, (_request, response) => void response.end());
    server.on('upgrade', (_request, socket) => {
      let text = '';
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket
        .on('error', () => undefined)
        .on('data', (chunk: Buffer) => {
          text += chunk;
        });
      socket.once('end', () => socket.end(`had ${text}`));
    });
    const socket = connect({ port: ports.test.manager.port, host: '127.0.0.1', allowHalfOpen: true });
    const answer = say(socket);
    socket.write(
      `GET / HTTP/1.1\r\nHost: 8080-node1-${ports.id}.localhost\r\nAuthorization: Bearer ${ports.viewer}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.once('data', () => socket.end('all'));
    expect((await answer).endsWith('had all')).toBe(true);
  });

  it('whose client ends its half after the request gets the whole answer', async () => {
    ports = await publishPorts();
    const body = 'x'.repeat(1_000_000);
    await ports.serve(8080, async (request, response) => {
      for await (const _ of request);
      setTimeout(() => response.end(body), 100);
    });
    const socket = connect({ port: ports.test.manager.port, host: '127.0.0.1', allowHalfOpen: true });
    const answer = say(socket);
    socket.end(
      `POST / HTTP/1.1\r\nHost: 8080-node1-${ports.id}.localhost\r\nAuthorization: Bearer ${ports.viewer}\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc`,
    );
    expect((await answer).endsWith(body)).toBe(true);
  });

  it('whose body nobody takes is read no further, whether that shows at once or later', async () => {
    for (const delayMs of [0, 30]) {
      let taken: IncomingMessage | undefined;
      const listener = createListener(
        {
          request: (request) => {
            taken = request;
            // As when a program is dialled first, takes a little, and then nothing more.
            setTimeout(() => request.read(1), delayMs);
          },
          upgrade: (_request, socket) => socket.destroy(),
          malformed: (_error, socket) => socket.destroy(),
        },
        createUncaughtErrors({ logger: createLogger('test', 'silent') }),
      );
      await new Promise<void>((resolve) => listener.server.listen(0, '127.0.0.1', resolve));
      const socket = connect((listener.server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${UPLOAD}\r\n\r\n`);
      const block = Buffer.alloc(1024 * 1024);
      for (let sent = 0; sent < UPLOAD; sent += block.length) socket.write(block);
      await sleep(500);
      expect(taken?.readableLength, `after ${delayMs} ms`).toBeLessThan(1024 * 1024);
      socket.destroy();
      listener.close();
    }
  });

  it('is understood however its first bytes are cut', async () => {
    ports = await publishPorts();
    await ports.serve(8080, async (request, response) => {
      for await (const _ of request);
      response.end(`${request.method}`);
    });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'PROPFIND']) {
      const socket = connect(ports.test.manager.port, '127.0.0.1').setNoDelay(true);
      const answer = say(socket);
      const text = `${method} / HTTP/1.1\r\nHost: 8080-node1-${ports.id}.localhost\r\nAuthorization: Bearer ${ports.viewer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      for (const letter of [...text.slice(0, 6), text.slice(6)]) {
        socket.write(letter);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect((await answer).endsWith(method), method).toBe(true);
    }
  });

  it('that speaks HTTP/2 and asks for nothing is closed, whatever else it says', async () => {
    const { createHttp2Door } = await import('./http2-door.ts');
    const { createServer: createTcp } = await import('node:net');
    const door = createHttp2Door(
      { request: (_request, response) => void response.end() },
      createUncaughtErrors({ logger: createLogger('test', 'silent') }),
      {
        firstRequestMs: 300,
        idleMs: 300,
        maxHeaderBytes: 16_384,
      },
    );
    const server = createTcp((socket) => door.take(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    for (const asks of [false, true]) {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.on('error', () => undefined);
      const pings = setInterval(() => session.destroyed || session.ping(() => undefined), 20);
      if (asks) session.request({ ':path': '/' }).resume();
      await new Promise((resolve) => session.once('close', resolve));
      clearInterval(pings);
    }
    server.close();
    door.close();
  });

  it('that never says what it is ends within its time', async () => {
    ports = await publishPorts();
    const began = Date.now();
    const idle = connect(ports.test.manager.port, '127.0.0.1');
    const half = connect(ports.test.manager.port, '127.0.0.1');
    half.write('PRI * HT');
    await Promise.all([say(idle), say(half)]);
    expect(Date.now() - began).toBeLessThan(18_000);
  }, 25_000);
});
