import { randomBytes } from 'node:crypto';
import { type SessionChangeEvent, type SessionId, sessionChangeEventSchema, sessionIdSchema } from '@drydock/protocol';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;
let agent: FixtureAgent;

beforeEach(async () => {
  test = await startTestManager();
  agent = await test.host();
});
afterEach(() => test.stop());

function changesOf(socket: Socket): SessionChangeEvent[] {
  const changes: SessionChangeEvent[] = [];
  socket.on('session:change', (raw: unknown) => changes.push(sessionChangeEventSchema.parse(raw)));
  return changes;
}

const ask = (socket: Socket, name: string, request: unknown) => socket.timeout(5000).emitWithAck(name, request);

/** Collects a terminal's output, checking that there is no gap and no overlap. */
function transcript(socket: Socket, from = 0) {
  let text = '';
  let next = from;
  socket.on('terminal:output', ({ offset, data }: { offset: number; data: Buffer }) => {
    if (offset !== next) throw new Error(`gap: ${offset} instead of ${next}`);
    text += data.toString();
    next += data.length;
  });
  return { text: () => text, next: () => next };
}

async function sessionWithNode() {
  const created = await test.createSession();
  await test.call('POST', `/sessions/${created.session.id}/nodes`, { token: created.token });
  const right = (name: 'viewer' | 'collaborator') => created.links[name].split('#')[1];
  return { id: created.session.id, token: created.token, viewer: right('viewer'), collaborator: right('collaborator') };
}

describe('snapshot and changes', () => {
  it('give the state without gaps, whoever changes it', async () => {
    const { id, token, viewer } = await sessionWithNode();
    const { socket, snapshot } = await test.openPage(id, viewer);
    expect(snapshot).toMatchObject({ right: 'viewer', session: { id, nodes: [{ name: 'node1' }] }, terminals: [] });
    const changes = changesOf(socket);
    await test.call('POST', `/sessions/${id}/nodes`, { token });
    agent.report(id, 'node1', { dockerReady: false });
    agent.sendFact({
      kind: 'ports',
      sessionId: id,
      node: 'node1',
      ports: [
        { port: 8080, protocol: 'tcp', source: 'container' },
        { port: 22, protocol: 'tcp', source: 'process' },
      ],
    });
    await test.call('DELETE', `/sessions/${id}/nodes/node2`, { token });
    await test.call('POST', `/sessions/${id}/extend`, { token, body: { hours: 1 } });
    await expect.poll(() => changes.some(({ change }) => change.kind === 'session')).toBe(true);
    await expect.poll(() => changes.some(({ change }) => change.kind === 'ports')).toBe(true);
    expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, index) => snapshot.seq + index + 1));
    const kinds = changes.map(({ change }) => change);
    expect(kinds).toContainEqual(expect.objectContaining({ kind: 'node-gone', name: 'node2', reason: 'deleted' }));
    expect(kinds).toContainEqual(
      expect.objectContaining({ kind: 'node', node: expect.objectContaining({ name: 'node1', dockerReady: false }) }),
    );
    const ports = kinds.find((change) => change.kind === 'ports' && change.ports.length > 0);
    expect(ports).toMatchObject({
      node: 'node1',
      ports: [{ port: 8080, visibility: 'private', url: expect.stringContaining(`//8080-node1-${id}.localhost:`) }],
    });
  });

  it('say that terminals are not all known while a host of the session is away', async () => {
    const { id, token } = await sessionWithNode();
    const opened = await ask((await test.openPage(id, token)).socket, 'terminal:open', {
      node: 'node1',
      cols: 80,
      rows: 24,
    });
    await test.restart();
    const early = await test.openPage(id, token);
    expect(early.snapshot).toMatchObject({ terminals: [], terminalsPending: true });
    const changes = changesOf(early.socket);
    await agent.connect();
    const terminal = expect.objectContaining({ terminalId: opened.terminalId });
    await expect.poll(() => changes.map(({ change }) => change)).toContainEqual({ kind: 'terminal', terminal });
    const { snapshot } = await test.openPage(id, token);
    expect(snapshot.terminals).toEqual([terminal]);
    expect(snapshot).not.toHaveProperty('terminalsPending');
  });

  it('say when the host of a node is away, and when it is back', async () => {
    const { id, token } = await sessionWithNode();
    const { socket } = await test.openPage(id, token);
    const changes = changesOf(socket);
    const reachable = () => {
      const last = changes.map(({ change }) => change).findLast((change) => change.kind === 'node');
      return last?.kind === 'node' ? last.node.reachable : undefined;
    };
    agent.disconnect();
    await expect.poll(reachable).toBe(false);
    await agent.connect();
    await expect.poll(reachable).toBe(true);
  });

  it('end with the session', async () => {
    const { id, token, viewer } = await sessionWithNode();
    const { socket } = await test.openPage(id, viewer);
    const ended = new Promise((resolve) => socket.once('session:ended', resolve));
    await test.call('DELETE', `/sessions/${id}`, { token });
    expect(await ended).toEqual({ reason: 'closed' });
    await expect.poll(() => socket.connected).toBe(false);
  });
});

describe('admission', () => {
  it('refuses wrong tokens, no token and unknown sessions alike', async () => {
    const { id } = await sessionWithNode();
    const wrong = randomBytes(32).toString('base64url');
    for (const [session, token] of [
      [id, wrong],
      [id, undefined],
      [sessionIdSchema.parse('aaaaaaaa'), wrong],
    ] as const) {
      await expect(test.openPage(session, token)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    }
  });

  it('refuses pages of other origins and takes the cookie from our own', async () => {
    const { id, token } = await sessionWithNode();
    const cookie = `dd_${id}=${token}`;
    await expect(test.openPage(id, token, { extraHeaders: { origin: 'http://evil.example' } })).rejects.toThrow();
    await expect(test.openPage(id, undefined, { extraHeaders: { origin: 'null', cookie } })).rejects.toThrow();
    const { snapshot } = await test.openPage(id, undefined, { extraHeaders: { origin: test.origin, cookie } });
    expect(snapshot.right).toBe('owner');
  });

  it('closes the sockets of a revoked link at once, and no others', async () => {
    const { id, token, viewer } = await sessionWithNode();
    const watching = await test.openPage(id, viewer);
    const owning = await test.openPage(id, token);
    const ended = new Promise((resolve) => watching.socket.once('session:ended', resolve));
    const links = (await test.call('GET', `/sessions/${id}/links`, { token })).body as {
      id: SessionId;
      right: string;
    }[];
    const viewerLink = links.find(({ right }) => right === 'viewer');
    expect((await test.call('DELETE', `/sessions/${id}/links/${viewerLink?.id}`, { token })).status).toBe(204);
    expect(await ended).toEqual({ reason: 'revoked' });
    expect((await test.call('GET', `/sessions/${id}`, { token: viewer })).status).toBe(404);
    expect(owning.socket.connected).toBe(true);
  });
});

describe('terminals over the socket', () => {
  it('are opened, typed into once per number, seen by all, and end', async () => {
    const { id, token, viewer } = await sessionWithNode();
    const owner = await test.openPage(id, token);
    const watcher = await test.openPage(id, viewer);
    const mine = transcript(owner.socket);
    const { terminalId, offset } = await ask(owner.socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 });
    expect(offset).toBe(0);
    await expect.poll(mine.text).toBe('root@node1:~# ');
    const theirs = transcript(watcher.socket, 5);
    expect(await ask(watcher.socket, 'terminal:attach', { terminalId, offset: 5 })).toMatchObject({ offset: 5 });
    const input = { terminalId, writer: 'writer-0001', seq: 1, data: Buffer.from('ls\n') };
    expect(await ask(owner.socket, 'terminal:input', input)).toEqual({});
    expect(await ask(owner.socket, 'terminal:input', input)).toEqual({});
    await expect.poll(theirs.text).toBe('node1:~# ls\n');
    expect(mine.text()).toBe('root@node1:~# ls\n');
    const exit = new Promise((resolve) => watcher.socket.once('terminal:exit', resolve));
    await ask(owner.socket, 'terminal:close', { terminalId });
    expect(await exit).toMatchObject({ terminalId, exitCode: 0 });
  });

  it('are not for viewers to open, type into, resize or close', async () => {
    const { id, token, viewer } = await sessionWithNode();
    const owner = await test.openPage(id, token);
    const watcher = await test.openPage(id, viewer);
    const { terminalId } = await ask(owner.socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 });
    const attempts = await Promise.all([
      ask(watcher.socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 }),
      ask(watcher.socket, 'terminal:input', { terminalId, writer: 'writer-0001', seq: 1, data: Buffer.from('x') }),
      ask(watcher.socket, 'terminal:resize', { terminalId, cols: 10, rows: 10 }),
      ask(watcher.socket, 'terminal:close', { terminalId }),
    ]);
    for (const attempt of attempts) expect(attempt).toMatchObject({ error: { code: 'FORBIDDEN' } });
  });

  it('of other sessions do not exist', async () => {
    const mine = await sessionWithNode();
    const theirs = await sessionWithNode();
    const owner = await test.openPage(mine.id, mine.token);
    const stranger = await test.openPage(theirs.id, theirs.token);
    const { terminalId } = await ask(owner.socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 });
    const answer = await ask(stranger.socket, 'terminal:attach', { terminalId, offset: 0 });
    expect(answer).toMatchObject({ error: { code: 'TERMINAL_NOT_FOUND' } });
  });

  it('go on where they were after a break of the host’s link', async () => {
    const { id, token } = await sessionWithNode();
    const { socket } = await test.openPage(id, token);
    const mine = transcript(socket);
    const { terminalId } = await ask(socket, 'terminal:open', { node: 'node1', cols: 80, rows: 24 });
    await expect.poll(mine.text).toBe('root@node1:~# ');
    agent.disconnect();
    const during = { terminalId, writer: 'writer-0001', seq: 1, data: Buffer.from('a') };
    expect(await ask(socket, 'terminal:input', during)).toMatchObject({ error: { code: 'HOST_UNAVAILABLE' } });
    await agent.connect();
    expect(await ask(socket, 'terminal:input', during)).toEqual({});
    await expect.poll(mine.text).toBe('root@node1:~# a');
  });
});

describe('hostile sockets', () => {
  it('are closed after many malformed messages, while honest ones go on', async () => {
    const { id, token } = await sessionWithNode();
    const honest = await test.openPage(id, token);
    const hostile = await test.openPage(id, token);
    for (let count = 0; count < 50; count += 1) {
      hostile.socket.emit('terminal:input', { terminalId: count, writer: [], seq: -1, data: {} }, () => undefined);
      hostile.socket.emit('no-such-event', 'x');
      hostile.socket.emit('terminal:ack', null);
    }
    await expect.poll(() => hostile.socket.connected).toBe(false);
    expect(await ask(honest.socket, 'session:ping', {})).toEqual({});
  });

  it('are closed when they flood, or send more than a message may hold', async () => {
    const { id, token } = await sessionWithNode();
    const flood = await test.openPage(id, token);
    for (let count = 0; count < 20_000; count += 1) flood.socket.emit('session:ping', {}, () => undefined);
    await expect.poll(() => flood.socket.connected, { timeout: 10_000 }).toBe(false);
    const large = await test.openPage(id, token);
    large.socket.emit('terminal:input', Buffer.alloc(2 * 1024 * 1024), () => undefined);
    await expect.poll(() => large.socket.connected, { timeout: 10_000 }).toBe(false);
  });

  it('get an error, not a crash, for a malformed call', async () => {
    const { id, token } = await sessionWithNode();
    const { socket } = await test.openPage(id, token);
    for (const request of [null, 1, 'x', [], {}, { node: 'node1' }, { node: '../x', cols: 80, rows: 24 }]) {
      expect(await ask(socket, 'terminal:open', request)).toMatchObject({ error: { code: 'BAD_REQUEST' } });
    }
    expect(await ask(socket, 'terminal:open', { node: 'nope', cols: 80, rows: 24 })).toMatchObject({
      error: { code: 'NODE_NOT_FOUND' },
    });
  });
});
