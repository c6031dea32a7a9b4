/**
 * Every way to a task of a swarm: by virtual IP, by tasks.NAME, by container name, by published port of any node and of localhost, with a
 * megabyte through each of them, since a wrong MTU lets small answers pass and large ones hang.
 */
import { type ApiSession, createSession } from '../../support/api.ts';
import { swarmShell } from '../../support/swarm-shell.ts';
import { expect, test } from '../../support/test.ts';

const NODES = ['mgr1', 'wrk1', 'wrk2'];
const BYTES = 1_048_576;
/** The last line of every answer, so that a cut one is told from a whole one. */
const SERVE = `mkdir /www; hostname >/www/index.html; (yes drydock | head -c ${BYTES - 4}; echo end) >/www/big; exec httpd -f -p 80 -h /www`;
const UDP_ECHO = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 53, Proto => "udp"); while (defined $s->recv(my $b, 2000)) { $s->send("echo $b") }`;

test.describe('ways to a task', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 });
  let session: ApiSession;
  const addresses = new Map<string, string>();

  const { on, until, converged, container } = swarmShell(() => session);
  /** In a task of the service that runs on the node. */
  const inside = (node: string, service: string, script: string) =>
    on(node, `docker exec ${container(service)} sh -c '${script}'`);
  const whole = `tail -c 4 | grep -q end`;

  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin, {});
    for (const name of NODES) addresses.set(name, (await session.addNode(name)).ip);
    for (const name of NODES) await session.dockerReady(name);
    await on('mgr1', `docker swarm init --advertise-addr ${addresses.get('mgr1')}`);
    const token = await on('mgr1', 'docker swarm join-token -q worker');
    for (const name of NODES.slice(1)) {
      await on(name, `docker swarm join --token ${token} ${addresses.get('mgr1')}:2377`);
    }
    await on('mgr1', 'docker network create -d overlay --attachable front; docker network create -d overlay back');
    const service = (name: string, rest: string) =>
      on('mgr1', `docker service create -q -d --stop-signal KILL --name ${name} ${rest} busybox sh -c '${SERVE}'`);
    await service('web', '--network front --replicas 3 --placement-pref spread=node.id -p 8080:80');
    await service('both', '--network front --network back --constraint node.hostname==wrk1');
    await service('rear', '--network back --constraint node.hostname==wrk2');
    await service('turns', '--network front --endpoint-mode dnsrr --replicas 2');
    await service('direct', '--mode global -p mode=host,published=8090,target=80');
    await service('ranged', '--network front -p 8100-8149:80-129 -p 8200:80 -p 8201:80');
    for (const [name, count] of [
      ['web', '3/3'],
      ['both', '1/1'],
      ['rear', '1/1'],
      ['turns', '2/2'],
      ['direct', '3/3'],
      ['ranged', '1/1'],
    ] as const) {
      await converged(name, count);
    }
  });
  test.afterAll(async () => session?.close());

  test('a megabyte by published port, on every node, by every address and by localhost', async () => {
    for (const name of NODES) {
      for (const target of ['localhost', ...addresses.values()]) {
        await until(name, `curl -sf -m 2 -o /dev/null http://${target}:8080/`);
        // Three in a row reach every replica, on this node and on the others.
        await on(name, `for i in 1 2 3; do curl -sf -m 20 http://${target}:8080/big | ${whole} || exit 1; done`);
      }
    }
  });

  test('a megabyte by virtual IP, by tasks.NAME, and between two containers of different nodes', async () => {
    for (const address of ['web', 'tasks.web', 'turns']) {
      for (let turn = 0; turn < 3; turn += 1) {
        await inside('wrk1', 'both', `wget -q -T 20 -O - http://${address}/big | ${whole}`);
      }
    }
    await inside('wrk1', 'both', `wget -q -T 20 -O - http://rear/big | ${whole}`);
    // A service calls itself by its own virtual IP.
    await inside('wrk1', 'both', `wget -q -T 20 -O - http://both/big | ${whole}`);
    // Containers that are no tasks, on the attachable overlay.
    await on('wrk2', `docker run -d --rm --name lone --network front busybox sh -c '${SERVE}'`);
    await on('mgr1', `docker run --rm --network front busybox wget -q -T 20 -O - http://lone/big | ${whole}`);
    await on('mgr1', `docker run --rm --network front busybox wget -q -T 20 -O - http://web/big | ${whole}`);
    await on('wrk2', 'docker rm -f lone');
  });

  test('overlays are apart: no name and no address of one is reached from the other', async () => {
    const rear = await on('wrk2', `docker exec ${container('rear')} hostname -i`);
    const web = await on('wrk1', `docker exec ${container('web')} hostname -i`);
    for (const [node, service, name, address] of [
      ['wrk1', 'web', 'rear', rear],
      ['wrk2', 'rear', 'web', web],
    ] as const) {
      for (const target of [name, ...address.split(/\s+/)]) {
        const script = `docker exec ${container(service)} wget -q -T 3 -O - http://${target}/`;
        expect((await session.sh(node, script)).exitCode, `${service} to ${target}`).not.toBe(0);
      }
    }
  });

  test('host mode is left to docker: the node’s own task answers, also where the mesh has other ports', async () => {
    for (const name of NODES) {
      const own = await on(name, `docker exec ${container('direct')} hostname`);
      for (let turn = 0; turn < 3; turn += 1) expect(await on(name, 'curl -sf -m 5 localhost:8090')).toBe(own);
    }
  });

  test('many ports and ranges of one service, and they go when it goes', async () => {
    for (const name of NODES) {
      for (const port of [8100, 8200, 8201]) await until(name, `curl -sf -m 2 -o /dev/null localhost:${port}`);
      const listening = await on(name, "ss -Hltn 'sport >= 8100 and sport <= 8149' | wc -l");
      expect(Number(listening), 'ports that other programs see as taken').toBe(50);
    }
    // By the port inside: docker takes away every port that leads to it.
    await on('mgr1', 'docker service update -q -d --publish-rm 81 ranged');
    await until('wrk2', `[ -z "$(ss -Hltn 'sport = 8101')" ]`);
    await until('wrk2', 'curl -sf -m 2 -o /dev/null localhost:8201');
    await on('mgr1', 'docker service rm ranged');
    for (const name of NODES) await until(name, `[ -z "$(ss -Hltn 'sport >= 8100 and sport <= 8201')" ]`);
  });

  test('UDP by published port and by name', async () => {
    await on(
      'mgr1',
      `docker service create -q -d --stop-signal KILL --name dns --network front --replicas 2 -p 5353:53/udp debian perl -e '${UDP_ECHO}'`,
    );
    await converged('dns', '2/2');
    const ask = (host: string, port: number) =>
      `exec 3<>/dev/udp/${host}/${port}; echo hello >&3; timeout 2 head -n 1 <&3 | grep "echo hello"`;
    for (const name of NODES) {
      for (const host of ['127.0.0.1', addresses.get('wrk2') ?? '']) await until(name, `bash -c '${ask(host, 5353)}'`);
    }
    await until('mgr1', `docker run --rm --network front debian bash -c '${ask('dns', 53)}'`);
    await on('mgr1', 'docker service rm dns');
  });

  test('names resolve and ports answer after an engine was restarted', async () => {
    await on('wrk1', 'service docker restart');
    await until('wrk1', 'docker info >/dev/null 2>&1');
    await converged('both', '1/1');
    await until('wrk1', `docker exec ${container('both')} wget -q -T 5 -O /dev/null http://web/`);
    await inside('wrk1', 'both', 'nslookup tasks.web >/dev/null && nslookup rear >/dev/null');
    await until('wrk1', 'curl -sf -m 2 -o /dev/null localhost:8080');
    await inside('wrk1', 'both', `wget -q -T 20 -O - http://web/big | ${whole}`);
  });

  test('an encrypted overlay works, or fails at once with a reason', async () => {
    const { features } = await session.get();
    await on('mgr1', 'docker network create -d overlay --attachable -o encrypted sealed');
    await on(
      'mgr1',
      `docker service create -q -d --name sealed --network sealed --replicas 2 busybox sh -c '${SERVE}'`,
    );
    if (features?.encryptedOverlay) {
      await converged('sealed', '2/2');
    } else {
      await until('mgr1', `docker service ps --no-trunc sealed | grep -q 'cannot join secure network'`);
    }
    await on('mgr1', 'docker service rm sealed');
  });

  test('a swarm that was left by force leaves nothing, and one made anew works', async () => {
    for (const name of [...NODES].reverse()) await on(name, 'docker swarm leave --force');
    for (const name of NODES) {
      await until(name, `! { nft list tables; iptables -S; ss -Hltn; } | grep -q 'swarm_mesh\\|SWARM-MESH\\|:8080'`);
    }
    await on('wrk1', `docker swarm init --advertise-addr ${addresses.get('wrk1')}`);
    const token = await on('wrk1', 'docker swarm join-token -q worker');
    await on('mgr1', `docker swarm join --token ${token} ${addresses.get('wrk1')}:2377`);
    await on('wrk1', `docker service create -q -d --name again -p 8080:80 busybox sh -c '${SERVE}'`);
    for (const name of ['mgr1', 'wrk1']) await until(name, 'curl -sf -m 2 -o /dev/null localhost:8080');
  });
});
