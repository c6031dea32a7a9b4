/** What a node's network leads to, on a played host in a played world: the internet, and nothing else of what is there. */
import { execFileSync } from 'node:child_process';
import { type ApiSession, createSession } from '../../support/api.ts';
import { HOST_ADDRESS, type PlayedWorld, playWorld, WORLD_ADDRESS } from '../../support/played-world.ts';
import { type Stack, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

/** Of AS112 (RFC 7535), global by IANA's registry: what leaked would reach nobody. */
const INTERNET = '192.31.196.9';
/** The last is Azure's, at a public address. */
const METADATA = ['169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16'];
/** Of IANA's registry, and the played host's neighbour, its default gateway. */
const SPECIAL = ['192.0.2.9', '192.88.99.1', '198.18.0.9', '203.0.113.9', WORLD_ADDRESS];
const PRIVATE = ['10.0.0.1', '10.255.77.7', '172.16.5.5', '172.31.255.1', '192.168.77.7', '127.10.0.1'];
const MAIL = [25, 465, 587];
const MINING = [3333, 4444, 14444];
/** A service of the played host on all of its addresses. */
const HOST_SERVICE = 7777;
/** In a network of its own every port is free. */
const METRICS_PORT = 9555;

type Target = readonly [address: string, port: number];

/** Prints REACHED for each target that takes a connection; all at once, since what is dropped is waited for. */
function tryAll(targets: readonly Target[]): string {
  const one = ([address, port]: Target) =>
    `(timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null && echo REACHED ${address}:${port}) &`;
  return `${targets.map(one).join('\n')}\nwait; echo tried`;
}

/** The same for a container of busybox, which has no /dev/tcp. */
function tryAllFromContainer(targets: readonly Target[]): string {
  const one = ([address, port]: Target) =>
    `(timeout 3 nc ${address} ${port} </dev/null >/dev/null 2>&1 && echo REACHED ${address}:${port}) &`;
  return `docker run --rm --privileged --net=host --pid=host busybox sh -c '${targets.map(one).join(' ')} wait; echo tried'`;
}

const reached = (output: string) => [...output.matchAll(/^REACHED (.*)$/gm)].map(([, target]) => target).sort();
const named = (targets: readonly Target[]) => targets.map((target) => target.join(':')).sort();
const netns = (session: ApiSession) => `/run/netns/dd-${session.id}`;

test.describe('a node’s network', () => {
  test.describe.configure({ timeout: 300_000 });
  let world: PlayedWorld;
  let played: Stack;
  let session: ApiSession;
  let other: ApiSession;
  /** Everything that listens in the played host, at every address by which a node could try. */
  let services: Target[];
  const forbidden: Target[] = [
    ...[...METADATA, ...PRIVATE, ...SPECIAL].map((address): Target => [address, 80]),
    ...[...MAIL, ...MINING].map((port): Target => [INTERNET, port]),
  ];

  test.beforeAll(async () => {
    // A stack of its own; a busy machine takes minutes to start one.
    test.setTimeout(300_000);
    world = await playWorld([80, ...MAIL, ...MINING]);
    played = await startStack(
      { DRYDOCK_EGRESS: 'internet', DRYDOCK_HOST: '0.0.0.0', DRYDOCK_METRICS_PORT: String(METRICS_PORT) },
      world.within,
    );
    await world.open(played);
    await world.hostService(HOST_SERVICE);
    session = await createSession(played.origin);
    other = await createSession(played.origin);
    await session.addNode('node1');
    await other.addNode('secretnode');
    await session.dockerReady('node1');
    const uplink = /inet (\S+)\//.exec(world.sh(`ip -4 -o addr show dev dd-${session.id}`))?.[1] as string;
    const ports = [...world.sh('ss -Hltn').matchAll(/:(\d+)\s+\S+\s*$/gm)].map(([, port]) => Number(port));
    services = ['192.168.0.1', HOST_ADDRESS, uplink].flatMap((address) =>
      [...new Set(ports)].map((port): Target => [address, port]),
    );
  });
  test.afterAll(async () => {
    await session?.close();
    await other?.close();
    if (played) await stopStack(played);
    world?.close();
  });

  test('the played world answers the played host everywhere, and what a node must not reach is there', () => {
    const output = world.sh(`bash <<'END'\n${tryAll([[INTERNET, 80], ...forbidden])}\nEND`);
    // The host's own loopback is nobody else's.
    const expected = [[INTERNET, 80] as const, ...forbidden.filter(([address]) => !address.startsWith('127.'))];
    expect(reached(output)).toEqual(named(expected));
    expect(services.map(([, port]) => port)).toContain(HOST_SERVICE);
    expect(services.map(([, port]) => port)).toContain(Number(new URL(played.origin).port));
  });

  for (const [who, script] of [
    ['the node’s root', tryAll],
    ['a privileged container', tryAllFromContainer],
  ] as const) {
    test(`${who} reaches the internet, no private, special or metadata address and no neighbour of the host, no mail and no mining pool`, async () => {
      const run = await session.sh('node1', script([[INTERNET, 80], ...forbidden]), 120);
      expect(run.stdout, run.stderr).toContain('tried');
      expect(reached(run.stdout)).toEqual([`${INTERNET}:80`]);
    });

    test(`${who} reaches no port of the host, of the agent or of the manager`, async () => {
      const run = await session.sh('node1', script(services), 120);
      expect(run.stdout, run.stderr).toContain('tried');
      expect(reached(run.stdout)).toEqual([]);
    });
  }

  test('names of another session are unknown', async () => {
    expect((await other.sh('secretnode', 'getent hosts secretnode')).stdout).toContain('192.168.0.11');
    expect((await session.sh('node1', 'timeout 20 getent hosts secretnode || echo unknown', 60)).stdout.trim()).toBe(
      'unknown',
    );
  });

  test('what was refused is counted in the manager’s metrics', async () => {
    const read = `fetch('http://127.0.0.1:${METRICS_PORT}/metrics').then((answer) => answer.text()).then(console.log)`;
    const metrics = () => world.sh(`${process.execPath} -e "${read}"`);
    for (const reason of ['to_private', 'to_mail', 'to_mining', 'to_gateway']) {
      await expect
        .poll(() => metrics().includes(`drydock_session_refused_packets{session="${session.id}",reason="${reason}"}`), {
          timeout: 60_000,
          intervals: [2000],
        })
        .toBe(true);
    }
  });

  test('without the rules a node would reach all of it', async () => {
    const masquerade = (from: string) =>
      `table ip played { chain postrouting { type nat hook postrouting priority srcnat; policy accept; ${from} masquerade; }; }`;
    execFileSync('nsenter', [`--net=${netns(session)}`, 'nft', '-f', '-'], {
      input: `flush ruleset\n${masquerade('oifname "up0"')}`,
    });
    world.sh(`nft -f - <<'END'\ndelete table inet drydock\n${masquerade('oifname "eth0"')}\nEND`);
    const outside = forbidden.filter(([address]) => !address.startsWith('127.'));
    const own: Target = [HOST_ADDRESS, HOST_SERVICE];
    const run = await session.sh('node1', tryAll([...outside, own]), 120);
    expect(reached(run.stdout)).toEqual(named([...outside, own]));
  });
});
