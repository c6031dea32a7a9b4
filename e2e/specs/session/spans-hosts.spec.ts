/** A session over two hosts: two played machines, the first with the whole place, the second joined; real nodes, a real swarm. */
import { type ApiSession, createSession } from '../../support/api.ts';
import { type PlayedHosts, playHosts } from '../../support/played-hosts.ts';
import { fetchPort } from '../../support/port-fetch.ts';
import { hostCommand, type Stack, stackStatus, startStack, stopStack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const NODES = ['node1', 'node2', 'node3', 'node4'];
const BLOB_MB = 20;

test.describe('a session over two hosts', () => {
  test.describe.configure({ mode: 'serial', timeout: 300_000 });
  let played: PlayedHosts;
  const stacks: Stack[] = [];
  let session: ApiSession;
  /** Which of the two has node1 and node2. */
  let begun = 0;

  test.beforeAll(async () => {
    // A stack of its own; a busy machine takes minutes to start one.
    test.setTimeout(300_000);
    played = await playHosts(2);
    const [first, second] = played.hosts;
    if (first === undefined || second === undefined) throw new Error('no hosts');
    // Nobody but the played hosts is between them.
    const settings = (address: string) => ({
      DRYDOCK_HOST_ADDRESS: address,
      DRYDOCK_MAX_NODES: '2',
      DRYDOCK_INSECURE_MANAGER: '1',
    });
    const place = await startStack(
      { ...settings(first.address), DRYDOCK_HOST: '0.0.0.0', DRYDOCK_METRICS_PORT: '9555' },
      first.within,
    );
    stacks.push(place);
    await played.open(first, place);
    const token = await hostCommand(place, 'token');
    const manager = `http://${first.address}:${new URL(place.origin).port}`;
    stacks.push(
      await startStack(settings(second.address), second.within, (stack) =>
        hostCommand(stack, 'join', manager, token, '--name', 'second'),
      ),
    );
    session = await createSession(place.origin);
    for (const name of NODES) await session.addNode(name);
    for (const name of NODES) await session.dockerReady(name);
  });
  test.afterAll(async () => {
    await session?.close();
    for (const stack of [...stacks].reverse()) await stopStack(stack);
    played?.close();
  });

  async function on(node: string, script: string, timeoutSeconds = 120): Promise<string> {
    const { exitCode, stdout, stderr } = await session.sh(node, script, timeoutSeconds);
    expect(exitCode, `${node}: ${script}\n${stdout}\n${stderr}`).toBe(0);
    return stdout + stderr;
  }
  const until = (node: string, condition: string, otherwise = 'true') =>
    on(
      node,
      `end=$((SECONDS + 90)); until ${condition}; do [ $SECONDS -lt $end ] || { ${otherwise}; exit 1; }; sleep 0.5; done`,
    );

  test('goes on on another host when the first is full', async () => {
    const [one, two, three, four] = (await session.get()).nodes.map(({ host }) => host);
    expect([one, three]).toEqual([two, four]);
    expect([one, three]).toContain('second');
    expect(one).not.toBe(three);
    // Which of them is first is the machine's name to say.
    begun = one === 'second' ? 1 : 0;
  });

  test('its nodes find each other by name, by /etc/hosts and with the session’s ssh key', async () => {
    for (const [from, to] of [
      ['node1', 'node3'],
      ['node4', 'node2'],
    ] as const) {
      await on(from, `ping -c 2 -W 2 ${to}`);
      expect(await on(from, `ssh ${to} hostname`)).toContain(to);
      await until(from, `grep -qw ${to} /etc/hosts`, 'cat /etc/hosts');
    }
    expect(await on('node1', 'ip link show eth0')).toContain('mtu 1450');
  });

  test('its swarm is one swarm: init, join, replicas on both hosts behind one address', async () => {
    await on('node1', 'docker swarm init');
    const manager = (await on('node1', 'docker swarm join-token -q manager')).trim();
    const worker = (await on('node1', 'docker swarm join-token -q worker')).trim();
    await on('node3', `docker swarm join --token ${manager} node1:2377`);
    for (const node of ['node2', 'node4']) await on(node, `docker swarm join --token ${worker} node1:2377`);
    expect(await on('node3', 'docker node ls')).toContain('node4');
    await on('node1', 'docker network create -d overlay --attachable net');
    await on('node1', 'docker service create -d --name web --network net --replicas 4 --publish 8080:80 drydock/web:1');
    await until(
      'node1',
      '[ "$(docker service ls -f name=web --format \'{{.Replicas}}\')" = 4/4 ]',
      'docker service ps --no-trunc web',
    );
    const places = await on('node1', "docker service ps web --format '{{.Node}}'");
    for (const node of NODES) expect(places).toContain(node);
  });

  test('the published port answers on every node, from every replica, at the public address too', async () => {
    for (const node of NODES) {
      await until(node, 'curl -fsS -m 5 localhost:8080 >/dev/null', 'curl -sv -m 5 localhost:8080');
      const answers = new Set(
        (await on(node, 'for i in $(seq 24); do curl -fsS -m 5 localhost:8080; echo; done'))
          .split('\n')
          .filter(Boolean),
      );
      // Of four replicas over two hosts a node has one at home: several answer, so some answer from the other host.
      expect(answers.size, [...answers].join()).toBeGreaterThanOrEqual(4);
      const url = (await session.get()).portUrl?.replace('{node}', node).replace('{port}', '8080') ?? '';
      expect((await fetchPort(url, { authorization: `Bearer ${session.token}` })).status).toBe(200);
    }
  });

  test('containers reach a service’s name over hosts, and large streams pass the overlay in the overlay', async () => {
    const inNet = (node: string, script: string) => on(node, `docker run --rm --network net busybox sh -c '${script}'`);
    for (const node of ['node2', 'node4']) expect(await inNet(node, 'wget -T 10 -qO- http://web')).not.toBe('');
    await on(
      'node1',
      `docker service create -d --name blob --network net --constraint node.hostname==node4 busybox sh -c 'mkdir /w; dd if=/dev/zero of=/w/blob bs=1M count=${BLOB_MB}; exec httpd -f -p 9000 -h /w'`,
    );
    const count = `docker run --rm --network net busybox sh -c 'wget -T 20 -qO- http://tasks.blob:9000/blob | wc -c'`;
    await until('node2', `[ "$(${count})" = ${BLOB_MB * 1024 * 1024} ]`, 'docker service ls; docker network ls');
  });

  test('an agent that is killed comes back to the same network', async () => {
    const other = stacks[1 - begun] as Stack;
    const agent = async () => (await stackStatus(other)).processes.find(({ name }) => name === 'agent');
    const before = await agent();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(async () => (await agent())?.restarts, { timeout: 30_000 })
      .toBeGreaterThan(before?.restarts ?? 0);
    await on('node1', 'ping -c 2 -W 2 node4 && getent hosts node4');
    await expect
      .poll(async () => (await session.sh('node4', 'getent hosts node1').catch(() => undefined))?.exitCode)
      .toBe(0);
  });

  test('when the nodes of one host are gone, the other has no tunnel any more', async () => {
    const links = () => played.hosts[begun]?.sh(`ip -n dd-${session.id} -o link`) ?? '';
    expect(links()).toContain('vx0');
    for (const node of ['node3', 'node4']) await session.deleteNode(node);
    await expect.poll(links).not.toContain('vx0');
    // Its /etc/hosts follows a moment later.
    await until('node1', '! getent hosts node3');
  });
});
