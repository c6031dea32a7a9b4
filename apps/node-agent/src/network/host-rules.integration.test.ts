import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNetnsAddon } from '../system/netns-addon.ts';
import { createNetnsSockets } from '../system/netns-sockets.ts';
import { NO_LISTS } from './egress-lists.ts';
import { installHostRules, removeHostRules } from './host-rules.ts';

const sockets = createNetnsSockets(loadNetnsAddon(fileURLToPath(new URL('../../../../native/build', import.meta.url))));
/** Namespaces play a host with Docker on it, one session of it, and the internet behind a router that is the host's neighbour. */
const HOST = `ddt-host-${process.pid}`;
const SESSION = `ddt-sess-${process.pid}`;
const INTERNET = `ddt-inet-${process.pid}`;
/** Of AS112 (RFC 7535): what leaked would reach nobody. */
const PUBLIC = '192.31.196.7';
const ROUTER = '198.51.100.7';
const NEIGHBOURS = ['198.51.100.0/24'];
const sh = (script: string) => execFileSync('sh', ['-ec', script]).toString();
const host = `/run/netns/${HOST}`;
const inHost = (command: string) => sh(`nsenter --net=${host} ${command}`);

const reach = (port: number, address = PUBLIC) =>
  sockets.connectTcp({ path: `/run/netns/${SESSION}` }, address, port, 500).then(
    (socket) => {
      socket.destroy();
      return 'connected';
    },
    (error: NodeJS.ErrnoException) => error.code,
  );

beforeAll(async () => {
  sh(`for n in ${HOST} ${SESSION} ${INTERNET}; do ip netns add $n; ip -n $n link set lo up; done
    ip -n ${HOST} link add dd-test type veth peer name up0 netns ${SESSION}
    ip -n ${HOST} link add eth0 type veth peer name eth0 netns ${INTERNET}
    ip -n ${HOST} addr add 100.64.0.1/30 dev dd-test; ip -n ${HOST} link set dd-test up
    ip -n ${HOST} addr add 198.51.100.1/24 dev eth0; ip -n ${HOST} link set eth0 up
    ip -n ${SESSION} addr add 100.64.0.2/30 dev up0; ip -n ${SESSION} link set up0 up
    ip -n ${SESSION} route add default via 100.64.0.1
    ip -n ${INTERNET} addr add ${ROUTER}/24 dev eth0; ip -n ${INTERNET} addr add ${PUBLIC}/32 dev eth0
    ip -n ${INTERNET} link set eth0 up; ip -n ${HOST} route add default via ${ROUTER}`);
  inHost('sysctl -qw net.ipv4.ip_forward=1');
  // As Docker leaves a host: forwarding is dropped but for what DOCKER-USER and its own chains accept.
  inHost('iptables -P FORWARD DROP');
  inHost('iptables -N DOCKER-USER');
  inHost('iptables -A DOCKER-USER -j RETURN');
  inHost('iptables -A FORWARD -j DOCKER-USER');
  const server = createServer((socket) => socket.on('error', () => {}).end());
  await sockets.listenTcp({ path: `/run/netns/${INTERNET}` }, '0.0.0.0', 80, server);
});
afterAll(() => sh(`for n in ${HOST} ${SESSION} ${INTERNET}; do ip netns del $n; done`));

test('sessions get out of a host whose Docker drops what is forwarded, and Docker’s chain is left as it was', async () => {
  const before = inHost('iptables -S');
  expect(await reach(80)).toBe('ETIMEDOUT');
  await installHostRules({ lists: NO_LISTS, neighbours: NEIGHBOURS }, host);
  await installHostRules({ lists: NO_LISTS, neighbours: NEIGHBOURS }, host);
  expect(await reach(80)).toBe('connected');
  expect(inHost('iptables -S').match(/dd-\+/g)).toHaveLength(2);
  await removeHostRules(host);
  expect(inHost('iptables -S')).toBe(before);
  expect(inHost('nft list tables')).not.toContain('drydock');
  expect(await reach(80)).toBe('ETIMEDOUT');
  await removeHostRules(host);
});

test('the host refuses its neighbours and what is denied, as they are at the moment, and keeps what is allowed open', async () => {
  const list = (...networks: string[]) => ({ networks, names: [] });
  await installHostRules({ lists: NO_LISTS, neighbours: [] }, host);
  expect(await reach(80, ROUTER)).toBe('ETIMEDOUT'); // One of the documentation's ranges.
  const allowed = list('198.51.100.0/28');
  await installHostRules({ lists: { ...NO_LISTS, allowed }, neighbours: [] }, host);
  expect(await reach(80, ROUTER)).toBe('connected');
  expect(await reach(80)).toBe('connected');
  // Another agent of the machine allows nothing: that closes what sessions of the first have no more than it opens theirs.
  await installHostRules({ lists: NO_LISTS, neighbours: ['192.31.196.0/29'] }, host);
  expect(await reach(80)).toBe('ETIMEDOUT');
  expect(await reach(80, ROUTER)).toBe('connected');
  await installHostRules({ lists: NO_LISTS, neighbours: ['192.31.196.0/24', '192.31.197.0/24'] }, host);
  expect(await reach(80)).toBe('ETIMEDOUT');
  await installHostRules({ lists: NO_LISTS, neighbours: [] }, host);
  expect(await reach(80)).toBe('connected');
  await installHostRules({ lists: { denied: list(PUBLIC, ROUTER), allowed }, neighbours: [] }, host);
  for (const address of [PUBLIC, ROUTER]) expect(await reach(80, address)).toBe('ETIMEDOUT');
  await removeHostRules(host);
});
