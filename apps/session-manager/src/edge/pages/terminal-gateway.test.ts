import { randomBytes } from 'node:crypto';
import { encodeTerminalFrame, TERMINAL_SOCKET_CLOSE } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../../testing/fixture-agent.ts';
import { openTerminalSocket, type TestTerminalSocket } from '../../testing/terminal-socket.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

const SIZE = { cols: 80, rows: 24 };

let test: TestManager;
let agent: FixtureAgent;
const opened: TestTerminalSocket[] = [];

beforeEach(async () => {
  test = await startTestManager();
  agent = await test.host({ streams: true });
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.close();
  await test.stop();
});

async function sessionWithNode() {
  const { session, token, links } = await test.createSession();
  await test.call('POST', `/sessions/${session.id}/nodes`, { token });
  return { sessionId: session.id, token, viewer: links.viewer.split('#')[1] as string };
}

async function page(auth: object | undefined, options = {}): Promise<TestTerminalSocket> {
  const socket = await openTerminalSocket(test.origin, auth, options);
  opened.push(socket);
  return socket;
}

async function openTerminal(socket: TestTerminalSocket): Promise<string> {
  const answer = await socket.call('terminal:open', { node: 'node1', ...SIZE });
  expect(answer).toMatchObject({ offset: 0 });
  return String(answer.terminalId);
}

describe('terminals over a plain WebSocket', () => {
  it('T-20, T-3: are opened, typed into once per number, seen by all without a gap, and end', async () => {
    const { sessionId, token, viewer } = await sessionWithNode();
    const owner = await page({ sessionId, token });
    // Nothing waits for the admission.
    const terminalId = await openTerminal(owner);
    await expect.poll(owner.text).toBe('root@node1:~# ');
    const watcher = await page({ sessionId, token: viewer });
    expect(await watcher.call('terminal:attach', { terminalId, offset: 5 })).toMatchObject({ offset: 5 });
    expect(await owner.type(terminalId, 1, 'ls\n')).toEqual({});
    expect(await owner.type(terminalId, 1, 'ls\n')).toEqual({});
    expect(await owner.type(terminalId, 2, 'äöü')).toEqual({});
    await expect.poll(watcher.text).toBe('node1:~# ls\näöü');
    expect(owner.text()).toBe('root@node1:~# ls\näöü');
    await owner.call('terminal:close', { terminalId });
    const end = { event: 'terminal:exit', message: expect.objectContaining({ terminalId, exitCode: 0 }) };
    await expect.poll(() => watcher.events).toContainEqual(end);
  });

  it('T-20: are the same that socket.io carries', async () => {
    const { sessionId, token } = await sessionWithNode();
    const plain = await page({ sessionId, token });
    const terminalId = await openTerminal(plain);
    const { socket } = await test.openPage(sessionId, token);
    let text = '';
    socket.on('terminal:output', ({ data }: { data: Buffer }) => {
      text += data.toString();
    });
    await socket.emitWithAck('terminal:attach', { terminalId, offset: 0 });
    const input = { terminalId, writer: 'writer-0002', seq: 1, data: Buffer.from('by socket.io') };
    expect(await socket.emitWithAck('terminal:input', input)).toEqual({});
    await expect.poll(() => text).toBe('root@node1:~# by socket.io');
    await expect.poll(plain.text).toBe('root@node1:~# by socket.io');
  });

  it('D11: go on where they were when the stream breaks, and while the agent is away', async () => {
    const { sessionId, token } = await sessionWithNode();
    const owner = await page({ sessionId, token });
    const terminalId = await openTerminal(owner);
    await expect.poll(owner.text).toBe('root@node1:~# ');
    agent.terminalStreams.cut();
    await expect.poll(() => owner.type(terminalId, 1, 'a')).toEqual({});
    await expect.poll(owner.text).toBe('root@node1:~# a');
    agent.disconnect();
    const { status } = await test.call('GET', `/sessions/${sessionId}`, { token });
    expect(status).toBe(200);
    expect(await owner.type(terminalId, 2, 'b')).toEqual({});
    await expect.poll(owner.text).toBe('root@node1:~# ab');
    expect(agent.terminalStreams.count()).toBe(1);
  });
});

describe('admission', () => {
  it('T-21: refuses wrong tokens, no token and unknown sessions alike, and what is no admission', async () => {
    const { sessionId, token } = await sessionWithNode();
    const wrong = randomBytes(32).toString('base64url');
    const refused = [TERMINAL_SOCKET_CLOSE.refused, 'SESSION_NOT_FOUND'];
    const attempts: (object | undefined)[] = [
      { sessionId, token: wrong },
      { sessionId },
      { sessionId: 'aaaaaaaa', token: wrong },
      { sessionId, token: 5 },
    ];
    for (const auth of attempts) expect(await (await page(auth)).closed).toEqual(refused);
    for (const first of ['no JSON', encodeTerminalFrame({ kind: 'ack', ack: { terminalId: 'x', offset: 1 } })]) {
      const socket = await page(undefined);
      socket.send(first);
      expect(await socket.closed).toEqual(refused);
    }
    expect((await (await page({ sessionId, token })).call('terminal:open', { node: 'x', ...SIZE })).error?.code).toBe(
      'NODE_NOT_FOUND',
    );
  });

  it('T-21: refuses pages of other origins and takes the cookie from our own', async () => {
    const { sessionId, token } = await sessionWithNode();
    const cookie = `dd_${sessionId}=${token}`;
    for (const origin of ['http://evil.example', 'null']) {
      await expect(page({ sessionId }, { headers: { origin, cookie } })).rejects.toThrow('403');
    }
    const ours = await page({ sessionId }, { headers: { origin: test.origin, cookie } });
    expect(await openTerminal(ours)).toMatch(/^t/);
  });

  it('T-21: a revoked link and a session’s end close its sockets at once, and no others', async () => {
    const { sessionId, token, viewer } = await sessionWithNode();
    const watcher = await page({ sessionId, token: viewer });
    const owner = await page({ sessionId, token });
    const terminalId = await openTerminal(owner);
    await watcher.call('terminal:attach', { terminalId, offset: 0 });
    const links = (await test.call('GET', `/sessions/${sessionId}/links`, { token })).body as {
      id: string;
      right: string;
    }[];
    const id = links.find(({ right }) => right === 'viewer')?.id;
    await test.call('DELETE', `/sessions/${sessionId}/links/${id}`, { token });
    expect((await watcher.closed)[0]).toBe(TERMINAL_SOCKET_CLOSE.over);
    expect(await owner.type(terminalId, 1, 'x')).toEqual({});
    expect(watcher.text()).not.toContain('x');
    await test.call('DELETE', `/sessions/${sessionId}`, { token });
    expect((await owner.closed)[0]).toBe(TERMINAL_SOCKET_CLOSE.over);
  });
});

describe('rights and bounds', () => {
  it('T-21: viewers type, open, resize and close nothing', async () => {
    const { sessionId, token, viewer } = await sessionWithNode();
    const terminalId = await openTerminal(await page({ sessionId, token }));
    const watcher = await page({ sessionId, token: viewer });
    const attempts = await Promise.all([
      watcher.type(terminalId, 1, 'x'),
      watcher.call('terminal:open', { node: 'node1', ...SIZE }),
      watcher.textCall('terminal:input', { terminalId, writer: 'writer-0001', seq: 1, data: {} }),
      watcher.call('terminal:resize', { terminalId, ...SIZE }),
      watcher.call('terminal:close', { terminalId }),
    ]);
    expect(attempts.map(({ error }) => error?.code)).toEqual(attempts.map(() => 'FORBIDDEN'));
  });

  it('of other sessions do not exist', async () => {
    const mine = await sessionWithNode();
    const { sessionId, token } = await sessionWithNode();
    const terminalId = await openTerminal(await page(mine && { sessionId: mine.sessionId, token: mine.token }));
    const stranger = await page({ sessionId, token });
    const answers = [
      await stranger.call('terminal:attach', { terminalId, offset: 0 }),
      await stranger.type(terminalId, 1, 'x'),
    ];
    expect(answers.map(({ error }) => error?.code)).toEqual(['TERMINAL_NOT_FOUND', 'TERMINAL_NOT_FOUND']);
  });

  it.each([
    ['malformed text', (socket: TestTerminalSocket) => socket.send('{"call":1,"name":"session:here","request":{}}')],
    ['frames of no known kind', (socket: TestTerminalSocket) => socket.send(Buffer.from([9, 9, 9]))],
    ['frames that are cut short', (socket: TestTerminalSocket) => socket.send(Buffer.from([1, 0, 0]))],
    [
      'typing with wrong numbers',
      (socket: TestTerminalSocket) => {
        const input = { terminalId: 'nothing', writer: '?', seq: Number.NaN, data: Buffer.alloc(0) };
        socket.send(encodeTerminalFrame({ kind: 'input', call: 1, input }));
      },
    ],
    [
      'acknowledgements of nothing',
      (socket: TestTerminalSocket) =>
        socket.send(encodeTerminalFrame({ kind: 'ack', ack: { terminalId: '', offset: Number.POSITIVE_INFINITY } })),
    ],
  ])('T-22: %s close the socket after a few, and nobody else’s', async (_name, send) => {
    const { sessionId, token } = await sessionWithNode();
    const honest = await page({ sessionId, token });
    const terminalId = await openTerminal(honest);
    const hostile = await page({ sessionId, token });
    for (let count = 0; count < 50; count += 1) send(hostile);
    await hostile.closed;
    expect(await honest.type(terminalId, 1, 'x')).toEqual({});
  });

  it('T-22: a flood closes the socket, and so does a message that is too large', async () => {
    const { sessionId, token } = await sessionWithNode();
    const flood = await page({ sessionId, token });
    const frame = encodeTerminalFrame({
      kind: 'input',
      call: 1,
      input: { terminalId: 'taaaaaaaaaaaaaaa', writer: 'writer-0001', seq: 1, data: Buffer.from('x') },
    });
    for (let count = 0; count < 20_000; count += 1) flood.send(frame);
    await flood.closed;
    const large = await page({ sessionId, token });
    large.send(Buffer.alloc(2 * 1024 * 1024));
    expect((await large.closed)[0]).toBe(1009);
  });
});
