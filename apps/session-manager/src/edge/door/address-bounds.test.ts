import { connect as connectHttp2 } from 'node:http2';
import { BlockList, connect, type Socket } from 'node:net';
import type { SessionId } from '@drydock/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { FixtureAgent } from '../../testing/fixture-agent.ts';
import { openTerminalSocket } from '../../testing/terminal-socket.ts';
import { makeCertificate } from '../../testing/test-certificate.ts';
import { startTestManager, type TestManager, type TestManagerOptions } from '../../testing/test-manager.ts';

const MANY = { burst: 100_000, perSecond: 100_000 };
const NETWORKS = (...networks: [address: string, bits: number][]) => {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
};
/** Tests speak for any address, as a proxy of ours does. */
const PROXY = NETWORKS(['127.0.0.0', 8]);
const bounds = { sessions: 1000, nodePercent: 100, connections: 1000, uncounted: NETWORKS() };

let test: TestManager;
let agent: FixtureAgent;
const sockets: { destroy?(): void; terminate?(): void }[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.terminate?.();
    socket.destroy?.();
  }
  await test.stop();
});

async function start(settings: TestManagerOptions['settings'], maxNodes = 50): Promise<void> {
  test = await startTestManager({ settings: { trustedProxies: PROXY, addressBounds: bounds, ...settings } });
  // From the address of a host any number of connections may come.
  if (maxNodes > 0) agent = await test.host({ maxNodes });
}

const from = (address: string) => ({ 'x-forwarded-for': address });
const create = (address: string) => test.call('POST', '/sessions', { body: {}, headers: from(address) });
const codeOf = ({ body }: { body: unknown }) => (body as { error?: { code: string } }).error?.code;

async function created(address: string): Promise<{ id: SessionId; token: string }> {
  const { status, body } = await create(address);
  expect(status).toBe(201);
  const { session, token } = body as { session: { id: SessionId }; token: string };
  return { id: session.id, token };
}

describe('rates', () => {
  it('hold an IPv6 client whatever addresses of its network it takes, and a site whatever networks', async () => {
    await start({ rates: { creates: { burst: 3, perSecond: 0.001 }, calls: MANY, wrongTokens: MANY } });
    let passed = 0;
    for (let network = 1; network <= 6; network += 1) {
      const statuses: number[] = [];
      for (let device = 1; device <= 4; device += 1)
        statuses.push((await create(`2001:db8:0:${network}::${device}`)).status);
      passed += statuses.filter((status) => status === 201).length;
      if (network === 1) expect(statuses).toEqual([201, 201, 201, 429]);
    }
    // Four networks' worth.
    expect(passed).toBe(12);
    expect((await create('2001:db8:1::1')).status).toBe(201);
  });
});

describe('living sessions and nodes', () => {
  it('of one address are bounded, also over a restart, and not those of others', async () => {
    await start({ addressBounds: { ...bounds, sessions: 2, uncounted: NETWORKS(['198.51.100.0', 24]) } });
    const first = await created('203.0.113.5');
    await created('203.0.113.5');
    await test.restart();
    await agent.connect();
    // Connections of its earlier life may be tried first.
    await expect
      .poll(() =>
        test.call('GET', '/me').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    const refused = await create('203.0.113.5');
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'ADDRESS_LIMIT', details: { sessions: 2 } } },
    });
    await created('203.0.113.6');
    for (let count = 0; count < 3; count += 1) await created('198.51.100.7');
    expect((await test.call('DELETE', `/sessions/${first.id}`, { token: first.token })).status).toBe(204);
    await created('203.0.113.5');
  });

  it('leave at least a part of the place to others', async () => {
    await start({ maxNodes: 3, addressBounds: { ...bounds, nodePercent: 50 } }, 10);
    const add = async ({ id, token }: { id: SessionId; token: string }) =>
      codeOf(await test.call('POST', `/sessions/${id}/nodes`, { token })) ?? 'added';
    const [one, two] = [await created('2001:db8::1'), await created('2001:db8::2')];
    for (let count = 0; count < 3; count += 1) expect(await add(one)).toBe('added');
    for (let count = 0; count < 2; count += 1) expect(await add(two)).toBe('added');
    expect(await add(two)).toBe('ADDRESS_LIMIT');
    expect(codeOf(await create('2001:db8::3'))).toBeUndefined();
    // Another network of the same site is the same stranger.
    expect(await add(await created('2001:db8:0:1::1'))).toBe('ADDRESS_LIMIT');
    expect(await add(await created('2001:db8:1::1'))).toBe('added');
  });

  it('allow a full session however small the place is', async () => {
    await start({ maxNodes: 3, addressBounds: { ...bounds, nodePercent: 1 } }, 4);
    const { id, token } = await created('203.0.113.5');
    for (let count = 0; count < 3; count += 1)
      expect((await test.call('POST', `/sessions/${id}/nodes`, { token })).status).toBe(201);
  });
});

describe('connections', () => {
  /** A connection that says `text`; resolves whether it was taken. */
  const open = (text: string) =>
    new Promise<{ socket: Socket; taken: boolean }>((resolve) => {
      const socket = connect(test.manager.port, '127.0.0.1', () => socket.write(text));
      sockets.push(socket);
      const settle = (taken: boolean) => () => resolve({ socket, taken });
      socket.on('error', settle(false)).on('close', settle(false)).on('data', settle(true));
    });
  const whole = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

  it('of one address are bounded, and one that closes makes room', async () => {
    await start({ trustedProxies: undefined, addressBounds: { ...bounds, connections: 20 } }, 0);
    const all = await Promise.all(Array.from({ length: 30 }, () => open(whole)));
    const taken = all.filter((one) => one.taken);
    expect(taken.length).toBe(20);
    for (const { socket } of taken) socket.destroy();
    await expect.poll(async () => (await open(whole)).taken).toBe(true);
  });

  it('that ask for nothing are bounded sooner than those that do', async () => {
    await start({ trustedProxies: undefined }, 0);
    const halves = Array.from({ length: 300 }, () => connect(test.manager.port, '127.0.0.1'));
    sockets.push(...halves);
    await Promise.all(
      halves.map(
        (socket) => new Promise<void>((resolve) => socket.write('GET / HTTP/1.1\r\nHost: l', () => resolve())),
      ),
    );
    await expect.poll(async () => (await open(whole)).taken).toBe(false);
    halves[0]?.destroy();
    // Each asks for something, and is then none of the silent ones.
    for (let count = 0; count < 5; count += 1) await expect.poll(async () => (await open(whole)).taken).toBe(true);
  });

  it('that asked for something over TLS and HTTP/2 are none of the silent ones', async () => {
    const certificate = makeCertificate('localhost');
    await start({ trustedProxies: undefined, tls: certificate }, 0);
    const halves = Array.from({ length: 299 }, () => connect(test.manager.port, '127.0.0.1'));
    sockets.push(...halves);
    await Promise.all(halves.map((socket) => new Promise<void>((resolve) => socket.once('connect', resolve))));
    // The one place that is left is free again after each request.
    for (let count = 0; count < 3; count += 1) {
      const session = connectHttp2(`https://localhost:${test.manager.port}`, {
        rejectUnauthorized: false,
        lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
      });
      sockets.push(session);
      const status = await new Promise((resolve, reject) => {
        session.once('error', reject);
        session
          .request({ ':path': '/healthz' })
          .once('response', (headers) => resolve(headers[':status']))
          .end();
      });
      expect(status).toBe(200);
    }
    certificate.remove();
  });

  it('of our proxies and of hosts, whose every stream is one, are not counted', async () => {
    await start({ addressBounds: { ...bounds, connections: 10 } }, 0);
    const proxied = await Promise.all(Array.from({ length: 30 }, () => open(whole)));
    expect(proxied.every(({ taken }) => taken)).toBe(true);
    await test.stop();
    await start({ trustedProxies: undefined, addressBounds: { ...bounds, connections: 10 } });
    const all = await Promise.all(Array.from({ length: 30 }, () => open(whole)));
    expect(all.every(({ taken }) => taken)).toBe(true);
  });
});

describe('sockets that nobody has let in', () => {
  const MAX = 200;

  it('to terminals leave room for the pages of others', async () => {
    await start({});
    const { id, token } = await created('203.0.113.9');
    const newcomer = (address: string, auth?: object) =>
      openTerminalSocket(test.origin, auth, { headers: from(address) }).then((socket) => {
        sockets.push(socket.socket);
        return socket;
      });
    await Promise.all(Array.from({ length: MAX }, () => newcomer('203.0.113.5')));
    await expect(newcomer('203.0.113.5')).rejects.toThrow('429');
    await newcomer('203.0.113.6');
    // Who is let in is no newcomer any more.
    const pages = await Promise.all(
      Array.from({ length: 20 }, () => newcomer('203.0.113.9', { sessionId: id, token })),
    );
    for (const page of pages)
      expect(await page.call('terminal:close', { terminalId: 'tnone' })).toHaveProperty('error');
    await Promise.all(Array.from({ length: MAX }, () => newcomer('203.0.113.9')));
    await expect(newcomer('203.0.113.9')).rejects.toThrow('429');
  });

  it('to sessions are closed beyond their bound, and not those of others', async () => {
    await start({});
    const { id, token } = await created('203.0.113.9');
    const url = `${test.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const raws: WebSocket[] = [];
    const raw = (address: string) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(url, { headers: from(address) });
        raws.push(socket);
        sockets.push(socket);
        // The first packet opens it; a refused one closes instead.
        socket.once('message', (data) => resolve(String(data).startsWith('0')));
        socket.once('close', () => resolve(false));
        socket.once('error', () => resolve(false));
      });
    await Promise.all(Array.from({ length: MAX }, () => raw('203.0.113.5')));
    const beyond = new WebSocket(url, { headers: from('203.0.113.5') });
    sockets.push(beyond);
    await new Promise<void>((resolve) => beyond.once('close', () => resolve()));
    // At once: those before it still have their time to join.
    expect(raws.every(({ readyState }) => readyState === WebSocket.OPEN)).toBe(true);
    expect(await raw('203.0.113.6')).toBe(true);
    const { snapshot } = await test.openPage(id, token, { extraHeaders: from('203.0.113.6') });
    expect(snapshot.session.id).toBe(id);
  });
});
