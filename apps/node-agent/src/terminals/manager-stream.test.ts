import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT_STREAM_PATH, AGENT_STREAM_UPGRADE, sessionIdSchema } from '@drydock/protocol';
import { createFrameReader, createLogger, encodeFrame, type Frame } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTerminalClient, type TerminalClient } from './terminal-client.ts';
import { startTerminalHost, type TerminalHost } from './terminal-host.ts';

const logger = createLogger('test', 'silent');
const NODE = { sessionId: sessionIdSchema.parse('abcdefgh'), node: 'node1' };
const terminalId = 'taaaaaaaaaaaaaaa';
const viewerId = 'vaaaaaaaaaaaaaaa';
const streamId = `s${'a'.repeat(31)}`;

/** A manager's end: takes streams with the right key, and notes what comes. */
class Manager {
  readonly frames: Frame['header'][] = [];
  readonly server: Server;
  text = '';
  socket: Socket | undefined;
  closed = false;
  private id = 0;

  constructor() {
    this.server = createServer((_request, response) => response.writeHead(401).end());
    this.server.on('upgrade', (request, socket) => {
      const { authorization, upgrade } = request.headers;
      if (authorization !== 'Bearer the-key' || upgrade !== AGENT_STREAM_UPGRADE) return socket.destroy();
      if (request.url !== `${AGENT_STREAM_PATH}/${streamId}`) return socket.destroy();
      socket.write(`HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: ${AGENT_STREAM_UPGRADE}\r\n\r\n`);
      this.socket = socket as Socket;
      const read = createFrameReader(1024 * 1024, ({ header, bytes }) => {
        this.frames.push(header);
        this.text += Buffer.from(bytes).toString();
      });
      socket.on('data', read);
      socket.on('error', () => undefined);
      socket.on('end', () => socket.destroy());
      socket.on('close', () => {
        this.closed = true;
      });
      return undefined;
    });
  }

  call(call: string, request: object, data?: Uint8Array): number {
    this.id += 1;
    for (const buffer of encodeFrame({ id: this.id, call, request }, data)) this.socket?.write(buffer);
    return this.id;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

let directory: string;
let host: TerminalHost;
let agent: TerminalClient;
let manager: Manager;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dd-terminals-'));
  host = await startTerminalHost({
    socketPath: join(directory, 'socket'),
    logger,
    commandFor: () => ({
      file: '/bin/sh',
      args: ['-c', 'echo ready; cat'],
      env: { TERM: 'dumb', PATH: '/usr/bin:/bin' },
    }),
  });
  const ignore = () => undefined;
  agent = createTerminalClient(join(directory, 'socket'), logger, {
    onOutput: ignore,
    onScreen: ignore,
    onSize: ignore,
    onExit: ignore,
  });
  await agent.ready();
  await agent.call('terminal.open', { ...NODE, terminalId, cols: 80, rows: 24 });
  manager = new Manager();
  await new Promise<void>((resolve) => manager.server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  agent.close();
  manager.socket?.destroy();
  manager.server.close();
  await host.close();
  await rm(directory, { recursive: true });
});

const dial = (key = 'the-key') => agent.call('manager.dial', { url: manager.url, streamId, name: 'host1', key });

describe('a stream that the terminal host brings to a manager', () => {
  test('D11: attaches, types and hears bytes, and goes on when the agent is gone', async () => {
    await dial();
    manager.call('terminal.attach', { terminalId, viewerId, offset: 0 });
    agent.close();
    const input = { terminalId, writer: 'writer-one', seq: 1 };
    const id = manager.call('terminal.input', input, Buffer.from('héllo\r'));
    await expect.poll(() => manager.text).toContain('héllo');
    await expect.poll(() => manager.frames).toContainEqual({ id, answer: {} });
    const ping = manager.call('ping', {});
    await expect.poll(() => manager.frames).toContainEqual({ id: ping, answer: {} });
  });

  test.each([
    ['opens a terminal', 'terminal.open', { ...NODE, terminalId: 'tbbbbbbbbbbbbbbb', cols: 80, rows: 24 }],
    ['closes one', 'terminal.close', { terminalId }],
    ['ends a node’s terminals', 'node.close', NODE],
    ['lets others be dialled', 'manager.dial', { url: 'http://127.0.0.1:1', streamId, name: 'x', key: 'y' }],
    ['asks for what there is', 'list', { protocol: 1 }],
  ])('D11: is cut when it %s', async (_what, call, request) => {
    await dial();
    manager.call(call, request);
    await expect.poll(() => manager.closed).toBe(true);
    expect(host.registry.list()).toHaveLength(1);
  });

  test('D11: ends its viewers with it, so that they hold nobody back', async () => {
    await dial();
    manager.call('terminal.attach', { terminalId, viewerId, offset: 0 });
    manager.call('terminal.input', { terminalId, writer: 'writer-one', seq: 1 }, Buffer.from('x\r'));
    await expect.poll(() => manager.text).toContain('x');
    manager.socket?.destroy();
    await agent.call('terminal.input', { terminalId, writer: 'writer-two', seq: 1, data: Buffer.from('again\r') });
    await dial();
    const before = manager.text.length;
    manager.call('terminal.attach', { terminalId, viewerId: 'vbbbbbbbbbbbbbbb', offset: 0 });
    await expect.poll(() => manager.text.slice(before)).toContain('again');
  });

  test('D7: is refused by a manager that does not know the key, and the agent is told', async () => {
    await expect(dial('another-key')).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
