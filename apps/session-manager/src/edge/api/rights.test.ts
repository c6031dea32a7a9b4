import { type Right, type SessionCall, sessionCalls } from '@drydock/protocol';
import { createManualClock } from '@drydock/service-kit';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { startTestManager } from '../../testing/test-manager.ts';

const RIGHTS = ['viewer', 'collaborator', 'owner'] as const;

let ports: PublishedPorts;
let tokens: Record<Right, string>;
beforeEach(async () => {
  ports = await publishPorts();
  const link = async (right: Right) => {
    const made = await ports.test.call('POST', `/sessions/${ports.id}/links`, { token: ports.token, body: { right } });
    return (made.body as { token: string }).token;
  };
  tokens = { viewer: await link('viewer'), collaborator: await link('collaborator'), owner: await link('owner') };
});
afterEach(() => ports.stop());

const linkIdOf = async (right: Right) => {
  const { body } = await ports.test.call('GET', `/sessions/${ports.id}/links`, { token: ports.token });
  return (body as { id: string; right: Right }[]).findLast((link) => link.right === right)?.id ?? '';
};

/** The promise (docs/PROTOCOL.md A5), written down a second time on purpose. */
const NEEDED: Record<SessionCall, Right> = {
  'terminal:open': 'collaborator',
  'terminal:attach': 'viewer',
  'terminal:detach': 'viewer',
  'terminal:input': 'collaborator',
  'terminal:resize': 'collaborator',
  'terminal:close': 'collaborator',
  'session:here': 'viewer',
  'session:ping': 'viewer',
  'lab:step': 'collaborator',
  'lab:skip': 'collaborator',
  'lab:solve': 'collaborator',
  'lab:afresh': 'collaborator',
  'lab:again': 'collaborator',
  'lab:update': 'collaborator',
  'lab:answer': 'collaborator',
  'lab:hint': 'collaborator',
};

/** A good request of each call of the realtime contract. */
function requestsFor(terminalId: string): Record<SessionCall, object> {
  const common = { terminalId };
  return {
    'terminal:open': { node: 'node1', cols: 80, rows: 24 },
    'terminal:attach': { ...common, offset: 0 },
    'terminal:input': { ...common, writer: 'writer-0001', seq: 1, data: Buffer.from('x') },
    'terminal:resize': { ...common, cols: 90, rows: 30 },
    'terminal:detach': common,
    'session:here': { terminalId },
    'session:ping': {},
    'lab:step': { step: 'first' },
    'lab:skip': { step: 'first' },
    'lab:solve': { step: 'first' },
    'lab:afresh': { step: 'first' },
    'lab:again': {},
    'lab:update': {},
    'lab:answer': { key: 'k', text: 'x' },
    'lab:hint': { key: 'k' },
    'terminal:close': common,
  };
}

async function codeOf(socket: Socket, call: string, request: object): Promise<string> {
  const answer = (await socket.timeout(5000).emitWithAck(call, request)) as { error?: { code: string } };
  return answer.error?.code ?? 'done';
}

describe('every call of the realtime contract', () => {
  it.each(RIGHTS)('does for a %s what that right allows, and no more', async (right) => {
    const { socket: owner } = await ports.test.openPage(ports.id, ports.token);
    const { terminalId } = await owner.emitWithAck('terminal:open', { node: 'node1', cols: 80, rows: 24 });
    const { socket } = await ports.test.openPage(ports.id, tokens[right]);
    const seen: [string, boolean][] = [];
    for (const [call, request] of Object.entries(requestsFor(terminalId))) {
      seen.push([call, (await codeOf(socket, call, request)) !== 'FORBIDDEN']);
    }
    const allowed = (call: SessionCall) => RIGHTS.indexOf(right) >= RIGHTS.indexOf(NEEDED[call]);
    expect(seen.map(([call]) => call).sort()).toEqual(Object.keys(sessionCalls).sort());
    expect(seen).toEqual(seen.map(([call]) => [call, allowed(call as SessionCall)]));
  });
});

describe('a revoked link', () => {
  it.each(RIGHTS)('of a %s opens no call, no page and no port from that moment on', async (right) => {
    await ports.serve(8080, (_request, response) => response.end('page'));
    const port = () =>
      ports
        .get(ports.urlOf(8080), { headers: { authorization: `Bearer ${tokens[right]}` } })
        .then(({ status }) => status);
    const call = async () => (await ports.test.call('GET', `/sessions/${ports.id}`, { token: tokens[right] })).status;
    expect([await port(), await call()]).toEqual([200, 200]);
    const { socket } = await ports.test.openPage(ports.id, tokens[right]);
    const ended = new Promise((resolve) => socket.once('session:ended', resolve));
    const path = `/sessions/${ports.id}/links/${await linkIdOf(right)}`;
    expect((await ports.test.call('DELETE', path, { token: ports.token })).status).toBe(204);
    expect(await ended).toEqual({ reason: 'revoked' });
    expect([await port(), await call()]).toEqual([404, 404]);
    await expect(ports.test.openPage(ports.id, tokens[right])).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });
});

describe('a rotated link', () => {
  it('keeps its right and its place, and has a new token; the old one opens nothing', async () => {
    const id = await linkIdOf('collaborator');
    const path = `/sessions/${ports.id}/links/${id}/rotate`;
    for (const right of ['viewer', 'collaborator'] as const) {
      expect((await ports.test.call('POST', path, { token: tokens[right] })).status).toBe(403);
    }
    const { socket } = await ports.test.openPage(ports.id, tokens.collaborator);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    const { status, body } = await ports.test.call('POST', path, { token: ports.token });
    const { link, token, url } = body as { link: { id: string; right: Right }; token: string; url: string };
    expect([status, link.right, url.split('#')[1]]).toEqual([200, 'collaborator', token]);
    await gone;
    const use = (with_: string) => ports.test.call('GET', `/sessions/${ports.id}`, { token: with_ });
    expect([(await use(tokens.collaborator)).status, (await use(token)).status]).toEqual([404, 200]);
    expect((await ports.test.call('POST', path, { token: ports.token })).status).toBe(404);
  });

  it('may be the last of an owner: its new token is the way in', async () => {
    const { session, token } = await ports.test.createSession();
    const at = `/sessions/${session.id}/links`;
    const links = (await ports.test.call('GET', at, { token })).body as { id: string; right: Right }[];
    const own = links.find(({ right }) => right === 'owner')?.id;
    expect((await ports.test.call('DELETE', `${at}/${own}`, { token })).status).toBe(400);
    const next = (await ports.test.call('POST', `${at}/${own}/rotate`, { token })).body as { token: string };
    expect((await ports.test.call('GET', at, { token })).status).toBe(404);
    expect((await ports.test.call('GET', at, { token: next.token })).status).toBe(200);
  });
});

describe('limits', () => {
  it('answer 429 with Retry-After, and end after it', async () => {
    const clock = createManualClock(Date.now());
    const generous = { burst: 1000, perSecond: 1000 };
    const tight = { burst: 2, perSecond: 0.5 };
    for (const rate of ['creates', 'calls', 'wrongTokens'] as const) {
      const rates = { creates: generous, calls: generous, wrongTokens: generous, [rate]: tight };
      const test = await startTestManager({ clock, settings: { rates } });
      try {
        const ask = {
          creates: () => test.call('POST', '/sessions', { body: {} }),
          calls: () => test.call('GET', '/status'),
          wrongTokens: () => test.call('GET', '/sessions/aaaaaaaa', { token: 'x'.repeat(43) }),
        }[rate];
        const usual = (await ask()).status;
        expect(usual).not.toBe(429);
        await ask();
        const refused = await ask();
        expect([rate, refused.status]).toEqual([rate, 429]);
        expect(refused.body).toMatchObject({ error: { code: 'RATE_LIMITED', retry: 'later' } });
        const seconds = Number(refused.headers.get('retry-after'));
        expect(seconds).toBe(2);
        clock.advance(seconds * 1000);
        expect([rate, (await ask()).status]).toEqual([rate, usual]);
      } finally {
        await test.stop();
      }
    }
  });
});
