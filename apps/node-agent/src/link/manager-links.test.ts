import { createServer } from 'node:http';
import { AGENT_NAMESPACE, AGENT_SOCKET_PATH, type AgentHello, sessionIdSchema } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { Server, type Socket } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import { createManagerLinks, type ManagerLinks } from './manager-links.ts';

/** A manager's side of the contract: answers hellos and notes what comes. */
async function startManager() {
  const http = createServer();
  const io = new Server(http, { path: AGENT_SOCKET_PATH });
  const heard: string[] = [];
  let socket: Socket | undefined;
  io.of(AGENT_NAMESPACE).on('connection', (connected) => {
    socket = connected;
    connected.on('hello', (_hello, ack) => {
      heard.push('hello');
      ack({ sessions: [] });
    });
    for (const event of ['fact', 'output', 'exit']) connected.on(event, () => heard.push(event));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as { port: number }).port}`,
    heard,
    command: (id: string) => socket?.timeout(2000).emitWithAck('command', { id, name: 'ping', request: {} }),
    close: () => io.close(),
  };
}

let links: ManagerLinks | undefined;
const managers: Awaited<ReturnType<typeof startManager>>[] = [];

afterEach(async () => {
  links?.stop();
  await Promise.all(managers.splice(0).map(({ close }) => close()));
});

test('facts go to every manager, a viewer’s bytes to the one that attached it, a command’s source is known', async () => {
  managers.push(await startManager(), await startManager());
  const [first, second] = managers as [(typeof managers)[0], (typeof managers)[0]];
  const lost: string[] = [];
  links = createManagerLinks({
    urls: [first.url, second.url],
    name: 'host1',
    readKey: async () => 'k'.repeat(43),
    dispatcher: { handle: async (_message, from) => ({ from }) },
    describe: async () => () => ({ version: '1', nodes: [], terminals: [] }) as unknown as AgentHello,
    onSessions: () => undefined,
    onViewersLost: (viewerIds) => lost.push(...viewerIds),
    onViewerAck: () => undefined,
    logger: createLogger('test', 'silent'),
    clock: systemClock,
  });
  links.start();
  await expect.poll(() => [first.heard, second.heard]).toEqual([['hello'], ['hello']]);
  expect(await second.command('c1')).toEqual({ from: second.url });

  links.claim('viewer-of-second', second.url);
  links.sendOutput({ viewerId: 'viewer-of-second', offset: 0, data: Uint8Array.of(1) });
  links.sendOutput({ viewerId: 'viewer-of-nobody', offset: 0, data: Uint8Array.of(1) });
  links.sendFact({ kind: 'node-gone', sessionId: sessionIdSchema.parse('abcdefgh'), name: 'node1', reason: 'lost' });
  links.sendExit({ terminalId: 't', exitCode: 0 });
  await expect
    .poll(() => [first.heard, second.heard])
    .toEqual([
      ['hello', 'fact', 'exit'],
      ['hello', 'output', 'fact', 'exit'],
    ]);

  await second.close();
  await expect.poll(() => lost).toEqual(['viewer-of-second']);
  links.sendFact({ kind: 'node-gone', sessionId: sessionIdSchema.parse('abcdefgh'), name: 'node1', reason: 'lost' });
  await expect.poll(() => first.heard).toEqual(['hello', 'fact', 'exit', 'fact']);
});
