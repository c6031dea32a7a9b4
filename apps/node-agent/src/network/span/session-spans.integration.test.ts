import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets } from '../../system/netns-sockets.ts';
import { inNode, openSpanWorld, type SpanHost, type SpanWorld } from '../../testing/network/span-world.ts';
import { NATIVE_DIR } from '../../testing/nodes/real-host.ts';
import { nodeMac, SPAN_PORT } from '../addresses.ts';

const sessionId = newSessionId(randomBytes(8));
const VNI = 77;
const sockets = createNetnsSockets(loadNetnsAddon(NATIVE_DIR));
const netnsOf = (pid: number) => ({ path: `/proc/${pid}/ns/net` });
let world: SpanWorld;
let [one, two, three] = [] as unknown as [SpanHost, SpanHost, SpanHost];
let [first, second] = [0, 0];

const node = (index: number) => ({ name: `node${index}`, index });
const network = (version: number, ...hosts: [SpanHost, number][]) => ({
  network: {
    version,
    vni: VNI,
    hosts: hosts.map(([{ address }, index]) => ({ address, nodes: [node(index)] })),
  },
});
/** An answer of any kind from a closed port shows that packets go both ways. */
const reaches = (pid: number, address: string) =>
  sockets.connectTcp(netnsOf(pid), address, 9, 2000).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
  );
/** Bytes of the largest datagram of these that arrived whole. */
async function largestDatagram(from: number, to: number, address: string, sizes: readonly number[]): Promise<number> {
  const receiver = await sockets.bindUdp(netnsOf(to), address, 0);
  const sender = await sockets.bindUdp(netnsOf(from), '0.0.0.0', 0);
  let largest = 0;
  receiver.on('message', (message) => (largest = Math.max(largest, message.length)));
  for (const size of sizes) sender.send(Buffer.alloc(size), receiver.address().port, address);
  await sleep(300);
  receiver.close();
  sender.close();
  return largest;
}
const counters = (host: SpanHost, table: string) =>
  [...host.sh(`nft list table ${table}`).matchAll(/packets (\d+)/g)].map(([, packets]) => Number(packets));
const resolves = (pid: number, name: string) => {
  const script = `const r = new (require("node:dns").promises.Resolver)(); r.setServers(["192.168.0.1"]); r.resolve4("${name}").then(console.log, (e) => console.log(e.code))`;
  return inNode(pid, `${process.execPath} -e "${script.replaceAll('"', '\\"')}"`);
};
/** Speaks VXLAN by itself, as whoever can send packets to a host could. */
const forge = (host: SpanHost, to: SpanHost, as: number) =>
  host.sh(`set -e
    nft 'table inet drydock_underlay; delete table inet drydock_underlay'
    ip link add forged type vxlan id ${VNI} local ${host.address} dstport ${SPAN_PORT} nolearning
    ip link set forged address ${nodeMac(sessionId, as)}; ip addr add 192.168.0.${10 + as}/24 dev forged
    ip link set forged up; bridge fdb append 00:00:00:00:00:00 dev forged dst ${to.address}
    timeout 2 bash -c 'exec 3<>/dev/tcp/192.168.0.11/9' 2>&1 | grep -q refused && echo answered || echo silence
    ip link del forged`);

beforeAll(async () => {
  world = openSpanWorld();
  [one, two, three] = [await world.host(), await world.host(), await world.host()];
  await one.ask('ensure', { sessionId });
  first = await one.node(sessionId, 1);
  await two.ask('ensure', { sessionId, ...network(2, [one, 1]) });
  await one.ask('span', { sessionId, ...network(2, [two, 2]) });
  second = await two.node(sessionId, 2);
});
afterAll(() => world.close());

test('nodes of a session on two hosts reach each other, with packets as large as their links say', async () => {
  expect(await reaches(first, '192.168.0.12')).toBe(true);
  expect(await reaches(second, '192.168.0.11')).toBe(true);
  expect(inNode(first, 'ip link show eth0')).toContain('mtu 1450');
  expect(await largestDatagram(first, second, '192.168.0.12', [100, 1422])).toBe(1422);
  // Between the hosts nothing was cut in pieces.
  const [names = '', values = ''] = one.sh('grep ^Ip: /proc/net/snmp').split('\n');
  expect(values.split(' ')[names.split(' ').indexOf('FragCreates')]).toBe('0');
});

test('names are known over hosts', () => {
  expect(resolves(first, 'node2')).toContain('192.168.0.12');
  expect(resolves(second, 'node1')).toContain('192.168.0.11');
  expect(resolves(second, 'node3')).toContain('ENOTFOUND');
});

test('the gateway is each host’s own, and nothing was taken for a forgery', async () => {
  for (const [host, pid] of [
    [one, first],
    [two, second],
  ] as const) {
    expect(await reaches(pid, '192.168.0.1')).toBe(true);
    const listed = host.sh(`nsenter --net=/run/netns/dd-${sessionId} nft list counter bridge session spoofed`);
    expect(listed).toContain('packets 0');
  }
});

test('containers with MACs and addresses of their own reach each other over hosts, and no gateway', async () => {
  for (const [at, pid] of [first, second].entries()) {
    inNode(
      pid,
      `ip link add link eth0 name own type macvlan mode bridge; ip link set own up; ip addr add 10.77.0.${at + 1}/24 dev own`,
    );
  }
  expect(await reaches(first, '10.77.0.2')).toBe(true);
  expect(await reaches(second, '10.77.0.1')).toBe(true);
  inNode(first, 'ip addr add 192.168.0.200/32 dev own; ip route add 192.168.0.1/32 dev own src 192.168.0.200');
  expect(await reaches(first, '192.168.0.1')).toBe(false);
  inNode(first, 'ip link del own');
  inNode(second, 'ip link del own');
  expect(await reaches(first, '192.168.0.1')).toBe(true);
});

test('a host that does not belong to the session is not heard', async () => {
  expect(forge(three, one, 3)).toContain('silence');
  expect(Math.max(...counters(one, 'inet drydock_underlay'))).toBeGreaterThan(0);
  await one.ask('span', { sessionId, ...network(3, [two, 2], [three, 3]) });
  expect(forge(three, one, 3)).toContain('answered');
  // Not even then as a node's gateway.
  expect(forge(three, one, 0)).toContain('silence');
  await one.ask('span', { sessionId, ...network(4, [two, 2]) });
  expect(forge(three, one, 3)).toContain('silence');
});

test('a node cannot speak to a host’s tunnel, although it would leave with its own host’s address', () => {
  // Honest frames pass between the two as well, but none of that length.
  const send = () =>
    inNode(first, `echo forged | timeout 2 bash -c "cat > /dev/udp/${two.address}/${SPAN_PORT}"; sleep 0.2`);
  const seen = () => two.sh('nft list table ip probe').match(/packets (\d+)/)?.[1];
  two.sh(
    `nft 'table ip probe { chain c { type filter hook prerouting priority -400; udp dport ${SPAN_PORT} udp length 15 ip saddr ${one.address} counter; }; }'`,
  );
  const before = seen();
  send();
  expect(seen()).toBe(before);
  // The other host stands in a network of this one, which sessions do not reach anyway: the tunnel's own rule must do without that.
  one.sh(`nsenter --net=/run/netns/dd-${sessionId} nft flush set inet session private`);
  one.sh('nft flush set inet drydock private; nft flush set inet drydock neighbours');
  send();
  expect(seen()).toBe(before);
  one.sh('nft delete chain inet drydock_underlay forward');
  send();
  expect(seen()).not.toBe(before);
});

test('an agent that starts again finds the session whole, and older news changes nothing', async () => {
  await one.restart([sessionId]);
  expect(await reaches(first, '192.168.0.12')).toBe(true);
  expect(resolves(first, 'node2')).toContain('192.168.0.12');
  expect(await one.ask('span', { sessionId, ...network(3) })).toBe(false);
  expect(await reaches(second, '192.168.0.11')).toBe(true);
});

test('a host that the session has left is neither spoken to nor heard', async () => {
  expect(await one.ask('span', { sessionId, ...network(9) })).toBe(true);
  expect(one.sh(`nsenter --net=/run/netns/dd-${sessionId} ip -o link`)).not.toContain('vx0');
  expect(await reaches(second, '192.168.0.11')).toBe(false);
  expect(await one.ask('peers', { sessionId })).toEqual([{ name: 'node1', ip: '192.168.0.11' }]);
  await one.ask('destroy', { sessionId });
  expect(one.sh('ls /run/netns')).not.toContain(sessionId);
});
