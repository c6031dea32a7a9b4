import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { idLetters } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionNetnsPath } from './addresses.ts';
import { installHostRules } from './host-rules.ts';
import { loadNetnsAddon } from './netns-addon.ts';
import { createNetnsSockets } from './netns-sockets.ts';
import { createSessionNetworks, type SessionNetworks } from './session-networks.ts';
import { createTransitClaims } from './transit-claims.ts';

const addon = loadNetnsAddon(fileURLToPath(new URL('../../../../native/build', import.meta.url)));
const sockets = createNetnsSockets(addon);
const owner = mkdtempSync(join(tmpdir(), 'dd-network-'));
const claims = createTransitClaims('/run/drydock/alloc', owner);
/** A network of the test's own plays the outside: documentation addresses (RFC 5737) and private ones. */
const OUTSIDE = `ddt-out-${process.pid}`;
const PUBLIC = '198.51.100.7';
const PRIVATE = '10.255.77.7';
/** All that a session without its rules still needs to be routed. */
const MASQUERADE = `
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "up0" masquerade
  }
}
`;
const newId = () => idLetters(randomBytes(8));
const sh = (command: string) => execFileSync('sh', ['-c', command]).toString();
let networks: SessionNetworks;
let opened: string[] = [];
let children: ChildProcess[] = [];

function createNetworks(): SessionNetworks {
  const services = {
    async open(sessionId: string) {
      const server = createServer((socket) => socket.on('error', () => {}).end('mirror'));
      await sockets.listenTcp({ path: sessionNetnsPath(sessionId) }, '192.168.0.1', 5000, server);
      return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
    },
  };
  return createSessionNetworks({ addon, claims, logger: createLogger('test', 'warn'), services });
}

async function session(egress: 'internet' | 'mirror-only' | 'none' = 'internet'): Promise<string> {
  const id = newId();
  opened.push(id);
  await networks.ensure(id, egress);
  return id;
}

/** A process with a network namespace of its own stands for a node. */
async function node(sessionId: string, index: number): Promise<number> {
  const child = spawn('unshare', ['--net', 'sh', '-c', 'echo up; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  await networks.attach(sessionId, { name: `node${index}`, index, pid: child.pid as number });
  return child.pid as number;
}

const connect = async (pid: number, host: string, port: number): Promise<string> =>
  sockets.connectTcp({ path: `/proc/${pid}/ns/net` }, host, port, 1000).then(
    (socket) => {
      socket.destroy();
      return 'connected';
    },
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
  );
/** An answer of any kind from a closed port shows that packets go both ways. */
const reaches = async (pid: number, host: string) => (await connect(pid, host, 9)) === 'ECONNREFUSED';
const counter = (sessionId: string, table: string, name: string) => {
  const text = sh(`nsenter --net=${sessionNetnsPath(sessionId)} nft list counter ${table} session ${name}`);
  return Number(/packets (\d+)/.exec(text)?.[1]);
};

let outside: Server[] = [];
beforeAll(async () => {
  await installHostRules();
  sh(`ip netns add ${OUTSIDE}
    ip link add ddt-out type veth peer name out0 netns ${OUTSIDE}
    ip addr add 198.51.100.1/24 dev ddt-out; ip link set ddt-out up; ip route add 10.255.77.0/24 via ${PUBLIC}
    ip -n ${OUTSIDE} addr add ${PUBLIC}/24 dev out0; ip -n ${OUTSIDE} addr add ${PRIVATE}/24 dev out0
    ip -n ${OUTSIDE} link set out0 up; ip -n ${OUTSIDE} link set lo up; ip -n ${OUTSIDE} route add default via 198.51.100.1`);
  for (const port of [80, 25, 3333]) {
    const server = createServer((socket) => socket.on('error', () => {}).end());
    await sockets.listenTcp({ path: `/run/netns/${OUTSIDE}` }, '0.0.0.0', port, server);
    outside.push(server);
  }
});
beforeEach(() => {
  networks = createNetworks();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const id of opened) await networks.destroy(id);
  children = [];
  opened = [];
});
afterAll(() => {
  for (const server of outside) server.close();
  outside = [];
  sh(`ip link del ddt-out; ip netns del ${OUTSIDE}`);
  rmSync(owner, { recursive: true });
});

test('nodes of a session reach one another and the gateway, and keep address and MAC', async () => {
  const id = await session();
  const [first, second] = [await node(id, 1), await node(id, 2)];
  expect(await reaches(first, '192.168.0.12')).toBe(true);
  expect(await reaches(second, '192.168.0.1')).toBe(true);
  expect(await connect(first, '192.168.0.1', 5000)).toBe('connected');
  expect(networks.peers(id)).toEqual([
    { name: 'node1', ip: '192.168.0.11' },
    { name: 'node2', ip: '192.168.0.12' },
  ]);
  const mac = sh(`nsenter -n -t ${first} ip link show eth0`);
  expect(mac).toContain((await networks.attach(id, { name: 'node1', index: 1, pid: first })).mac);
  expect(await reaches(first, '192.168.0.12')).toBe(true);
});

test('a node reaches the internet, but nothing private, no mail and no mining pool, and each refusal is counted', async () => {
  const id = await session();
  const pid = await node(id, 1);
  expect(await connect(pid, PUBLIC, 80)).toBe('connected');
  for (const [host, port, name] of [
    [PRIVATE, 80, 'to_private'],
    ['169.254.169.254', 80, 'to_private'],
    [PUBLIC, 25, 'to_mail'],
    [PUBLIC, 3333, 'to_mining'],
  ] as const) {
    const before = counter(id, 'inet', name);
    expect(await connect(pid, host, port)).toBe('ECONNREFUSED');
    expect(counter(id, 'inet', name)).toBeGreaterThan(before);
  }
});

test('with egress mirror-only or none the outside refuses at once', async () => {
  const mirrorOnly = await node(await session('mirror-only'), 1);
  const none = await node(await session('none'), 1);
  const started = Date.now();
  expect(await connect(mirrorOnly, PUBLIC, 80)).toBe('ECONNREFUSED');
  expect(await connect(mirrorOnly, '192.168.0.1', 5000)).toBe('connected');
  expect(await connect(none, PUBLIC, 80)).toBe('ECONNREFUSED');
  expect(await connect(none, '192.168.0.1', 5000)).toBe('ECONNREFUSED');
  expect(Date.now() - started).toBeLessThan(1000);
});

test('a node reaches no service of the host, by none of the host’s addresses', async () => {
  const host = createServer((socket) => socket.on('error', () => {}).end());
  host.listen(0, '0.0.0.0');
  await once(host, 'listening');
  const { port } = host.address() as { port: number };
  const id = await session();
  const pid = await node(id, 1);
  const uplink = /inet (100\.[\d.]+)\//.exec(sh(`ip addr show dd-${id}`))?.[1] as string;
  for (const address of [uplink, '198.51.100.1', '192.168.0.1', '127.0.0.1'])
    expect(await connect(pid, address, port), address).not.toBe('connected');
  // The host side holds also when the session's own rules are gone.
  sh(`nsenter --net=${sessionNetnsPath(id)} nft flush ruleset`);
  sh(`nsenter --net=${sessionNetnsPath(id)} nft -f - <<'END'${MASQUERADE}END`);
  expect(await connect(pid, PUBLIC, 80)).toBe('connected');
  for (const address of [uplink, '198.51.100.1', PRIVATE]) expect(await connect(pid, address, 80)).toBe('ETIMEDOUT');
  host.close();
});

test('sessions with the same addresses never meet', async () => {
  const [one, two] = [await session(), await session()];
  const first = await node(one, 1);
  await node(two, 2);
  expect(await reaches(first, '192.168.0.12')).toBe(false);
  const foreign = /inet (100\.[\d.]+)\//.exec(
    sh(`nsenter --net=${sessionNetnsPath(two)} ip addr show up0`),
  )?.[1] as string;
  const server = createServer((socket) => socket.on('error', () => {}).end());
  await sockets.listenTcp({ path: sessionNetnsPath(two) }, foreign, 7000, server);
  // Even without the rules of either session the host's table keeps them apart.
  for (const id of [one, two]) sh(`nsenter --net=${sessionNetnsPath(id)} nft flush ruleset`);
  sh(`nsenter --net=${sessionNetnsPath(one)} nft -f - <<'END'${MASQUERADE}END`);
  expect(await connect(first, PUBLIC, 80)).toBe('connected');
  expect(await connect(first, foreign, 7000)).toBe('ETIMEDOUT');
  server.close();
});

test('a node cannot send as another node or with another MAC', async () => {
  const id = await session();
  const [first] = [await node(id, 1), await node(id, 2)];
  const netns = { path: `/proc/${first}/ns/net` };
  expect(await reaches(first, '192.168.0.1')).toBe(true);
  const before = counter(id, 'bridge', 'spoofed');
  expect(before).toBe(0);
  sh(`nsenter -n -t ${first} ip addr add 192.168.0.12/32 dev eth0`);
  const spoofing = await sockets.bindUdp(netns, '192.168.0.12', 0);
  await new Promise((resolve) => spoofing.send('x', 53, '192.168.0.1', resolve));
  spoofing.close();
  expect(counter(id, 'bridge', 'spoofed')).toBeGreaterThan(0);
  sh(`nsenter -n -t ${first} ip link set eth0 address 02:00:00:00:00:99`);
  expect(await reaches(first, '192.168.0.1')).toBe(false);
});

test('after a restart living sessions are adopted with their names, and what no session owns is removed', async () => {
  const [living, dead] = [await session(), await session()];
  const pid = await node(living, 3);
  const silent = { open: async () => ({ close: async () => {} }) };
  const again = createSessionNetworks({ addon, claims, logger: createLogger('test', 'fatal'), services: silent });
  await again.adopt([living]);
  expect(again.peers(living)).toEqual([{ name: 'node3', ip: '192.168.0.13' }]);
  expect(again.sessions()).toEqual([living]);
  expect(existsSync(sessionNetnsPath(dead))).toBe(false);
  expect(await reaches(pid, '192.168.0.1')).toBe(true);
});

test('destroy leaves no namespace, link or claim, and repeats harmlessly', async () => {
  const id = await session();
  await node(id, 1);
  await networks.destroy(id);
  await networks.destroy(id);
  expect(existsSync(sessionNetnsPath(id))).toBe(false);
  expect(readdirSync('/sys/class/net')).not.toContain(`dd-${id}`);
  expect(await claims.list()).toEqual([]);
});

test('ensure and attach are quick', async () => {
  const times: number[] = [];
  const id = await session();
  for (let index = 1; index <= 10; index += 1) {
    const child = spawn('unshare', ['--net', 'sh', '-c', 'echo up; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const started = performance.now();
    await networks.attach(id, { name: `node${index}`, index, pid: child.pid as number });
    times.push(performance.now() - started);
  }
  const median = times.sort((a, b) => a - b)[5] as number;
  process.stdout.write(`attach: median ${median.toFixed(1)} ms, worst ${(times[9] as number).toFixed(1)} ms\n`);
  expect(median).toBeLessThan(100);
});
