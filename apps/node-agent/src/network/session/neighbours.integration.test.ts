import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionId } from '@drydock/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type NetworkWorld, nft, openNetworkWorld, sh } from '../../testing/network/network-world.ts';
import { nodeMac, sessionLink, sessionNetnsPath } from '../addresses.ts';
import { waitForLinks } from './link-up.ts';

let world: NetworkWorld;
/** VXLAN's port: a swarm's overlay trusts whatever comes to it from a peer's address. */
const VXLAN_PORT = 4789;
/** What an answer takes at most on a busy machine; what does not come is waited for so long (ms). */
const SILENCE_MS = 1500;

beforeAll(async () => {
  world = await openNetworkWorld();
});
afterEach(() => world.reset());
afterAll(() => world.close());

interface Pair {
  sessions: [SessionId, SessionId];
  /** node1 of the first session. */
  attacker: number;
  /** node2 of the second. */
  victim: number;
}

async function pair(): Promise<Pair> {
  const sessions: [SessionId, SessionId] = [await world.session(), await world.session()];
  return { sessions, attacker: await world.node(sessions[0], 1), victim: await world.node(sessions[1], 2) };
}

/** Takes away what keeps the two apart: their segments are joined, and the rules of who may be whom are gone. */
async function weaken({ sessions: [one, two] }: Pair): Promise<void> {
  const [a, b] = [sessionLink(one), sessionLink(two)];
  sh(`set -e; ip -n ${a} link add join0 type veth peer name join1 netns ${b}
    ip -n ${a} link set join0 master br0 up; ip -n ${b} link set join1 master br0 up
    # The end that was up first is activated some time later; what is sent before is lost.
    for i in $(seq 200); do
      ip -n ${a} -d link show join0 | grep -q 'state UP' && ip -n ${b} -d link show join1 | grep -q 'state UP' && break
      sleep 0.01
    done`);
  for (const id of [one, two]) nft(id, 'delete table bridge session');
  // A pair whose ends have the same number is activated up to a second later (linkwatch_urgent_event in the kernel).
  await waitForLinks(world.addon, [
    { netns: sessionNetnsPath(one), link: 'join0' },
    { netns: sessionNetnsPath(two), link: 'join1' },
  ]);
}

/** The link-local address that the kernel makes of a MAC (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((byte) => Number.parseInt(byte, 16));
  const word = (high: number, low: number) => ((high << 8) | low).toString(16);
  return `fe80::${word(a ^ 2, b)}:${word(c, 0xff)}:${word(0xfe, d)}:${word(e, f)}`;
}

/** Whether `command` in a node's network namespace prints `expected`. */
function says(pid: number, command: string, expected: string): boolean {
  const { stdout, stderr } = spawnSync('nsenter', ['-n', '-t', String(pid), 'bash', '-c', command], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return `${stdout}${stderr}`.includes(expected);
}

const attempts: { name: string; succeeds: (of: Pair) => Promise<boolean> }[] = [
  {
    name: 'ARP finds no machine of another session',
    async succeeds({ attacker, sessions }) {
      await world.connect(attacker, '192.168.0.12', 9);
      return says(attacker, 'ip neigh show 192.168.0.12', nodeMac(sessions[1], 2));
    },
  },
  {
    name: 'IPv6 link-local addresses lead to no other session',
    async succeeds({ attacker, sessions }) {
      // Its own address is tentative for two seconds at most.
      const address = linkLocal(nodeMac(sessions[1], 2));
      const connect = `for i in 1 2 3 4 5 6 7 8; do timeout 1 bash -c 'exec 3<>/dev/tcp/${address}%eth0/9'; sleep 0.5; done`;
      return says(attacker, connect, 'refused');
    },
  },
  {
    name: 'frames of an overlay reach no node of another session, from no pretended peer',
    async succeeds({ attacker, victim }) {
      const listener = await world.sockets.bindUdp({ path: `/proc/${victim}/ns/net` }, '192.168.0.12', VXLAN_PORT);
      const heard = once(listener, 'message').then(() => true);
      sh(`nsenter -n -t ${attacker} ip addr add 192.168.0.13/32 dev eth0`);
      for (const source of ['192.168.0.11', '192.168.0.13']) {
        const socket = await world.sockets.bindUdp({ path: `/proc/${attacker}/ns/net` }, source, 0);
        await new Promise((resolve) => socket.send('spoofed', VXLAN_PORT, '192.168.0.12', resolve));
        socket.close();
      }
      const arrived = await Promise.race([heard, sleep(SILENCE_MS, false)]);
      listener.close();
      return arrived;
    },
  },
  {
    name: 'a node that takes another session’s address is not believed there',
    async succeeds({ attacker, victim, sessions }) {
      // The attacker says that it is the gateway of everybody who can hear.
      sh(
        `nsenter -n -t ${attacker} ip addr add 192.168.0.1/32 dev eth0; nsenter -n -t ${victim} ip neigh flush dev eth0`,
      );
      const mac = nodeMac(sessions[0], 1);
      const ask = `for i in 1 2 3; do ip neigh flush dev eth0; timeout 1 bash -c 'exec 3<>/dev/udp/192.168.0.1/9; echo >&3'; sleep 0.2; ip neigh show 192.168.0.1; done`;
      // The real gateways are silent: who would answer first is not the question.
      for (const id of sessions) sh(`nsenter --net=/run/netns/${sessionLink(id)} ip addr del 192.168.0.1/24 dev br0`);
      return says(victim, ask, mac);
    },
  },
];

for (const { name, succeeds } of attempts) {
  test(name, async () => {
    expect(await succeeds(await pair())).toBe(false);
  });

  test(`without guards it would: ${name}`, async () => {
    const joined = await pair();
    await weaken(joined);
    expect(await succeeds(joined)).toBe(true);
  });
}
