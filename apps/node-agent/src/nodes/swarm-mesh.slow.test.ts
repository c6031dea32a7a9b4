import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import { differences } from '../testing/nodes/swarm-truth.ts';
import type { NodeService } from './node-service.ts';

/** How many random changes; hundreds for a long run. */
const CHANGES = Number(process.env.DRYDOCK_MESH_CHANGES ?? 15);
const SEED = Number(process.env.DRYDOCK_MESH_SEED ?? Date.now() % 1_000_000);
const unable = whyNoNodes(['node/current/rootfs/usr/lib/drydock/swarm-mesh']);

/** A web server that tells its hostname, as the tar of a root file system. */
function webImage(): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'drydock-web-'));
  try {
    for (const folder of ['bin', 'www', 'tmp']) mkdirSync(join(root, folder));
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const name of ['sh', 'hostname', 'httpd', 'wget', 'sleep', 'seq'])
      symlinkSync('busybox', join(root, 'bin', name));
    /* For the programs of a node, when its /usr is mounted. */
    for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
    return execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** mulberry32: the same numbers below `n` for the same seed. */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

describe.skipIf(unable !== undefined)(`the swarm mesh in real nodes${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  const nodes = ['node1', 'node2', 'node3'];
  let host: RealHost;
  let agent: NodeService;
  let join: (node: string) => Promise<string>;

  const run = async (node: string, script: string) => {
    const result = await agent.exec(session, node, { command: ['/bin/bash', '-c', script], timeoutSeconds: 110 });
    if (result.exitCode !== 0) throw new Error(`${node}: ${script}: ${result.stderr}`);
    return result.stdout.trim();
  };
  /* Healthy before anything is sent to it: without that docker itself sends requests to a server that is not up yet. */
  const server = `web:test sh -c 'hostname >/www/index.html; exec httpd -f -p 80 -h /www'`;
  const health = `--stop-signal KILL --health-cmd 'wget -qO /dev/null http://127.0.0.1/' --health-interval 500ms`;
  const create = (rest: string) =>
    run('node1', `docker service create -q --no-resolve-image ${health} ${rest} ${server}`);
  /** In a container on the overlay, with the node's own programs: a static busybox cannot resolve names. */
  const inside = (node: string, script: string) =>
    run(node, `docker run -i --rm --network front -v /usr:/usr:ro web:test sh -s <<'SCRIPT'\n${script}\nSCRIPT`);
  /**
   * Until no service is in the middle of an update: a task has the ports that its service had when it was made, so a service in two halves
   * is not one truth. An update that docker paused, because a task of it was killed, is told to go on.
   */
  const updated = async () => {
    const inspect = `docker service ls -q | xargs -r docker service inspect -f '{{.Spec.Name}} {{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}'`;
    const unfinished = async () => {
      const states = (await run('node1', inspect)).split('\n').map((line) => line.split(' '));
      for (const [name, state] of states) {
        if (state === 'paused') await run('node1', `docker service update -q -d --no-resolve-image --force ${name}`);
      }
      return states.filter(([, state]) => state === 'updating' || state === 'paused');
    };
    await expect.poll(unfinished, { timeout: 120_000, interval: 500 }).toEqual([]);
  };
  /** Until no kernel differs from its own docker, and then until no docker differs from the manager. */
  const inLine = async () => {
    const all = async (whose: 'mesh' | 'gossip') =>
      (await Promise.all(nodes.map((node) => differences(run, 'node1', node)))).flatMap((found) => found[whose]);
    await updated();
    await expect.poll(() => all('mesh'), { timeout: 20_000, interval: 300 }).toEqual([]);
    await expect.poll(() => all('gossip'), { timeout: 90_000, interval: 300 }).toEqual([]);
    await expect.poll(() => all('mesh'), { timeout: 20_000, interval: 300 }).toEqual([]);
  };

  /** Every VIP and port that is balanced in a node, in whatever namespace of it: rules, and addresses of load balancers. */
  const rulesOf = (node: string) =>
    run(
      node,
      `look() { "$@" nft list table ip swarm_mesh 2>/dev/null | grep -o 'elements = .*'; "$@" ip -4 -o addr | grep -o 'inet 10[0-9.]*/32'; }
      look env; for name in /run/docker/netns/*; do look nsenter --net=$name 2>/dev/null; done; true`,
    );

  /** What somebody who looks into a failure needs to see of every node. */
  async function evidence(): Promise<string> {
    const script = `ls /run/docker/netns; nsenter --net=/run/docker/netns/ingress_sbox ip -4 -o addr; docker info -f '{{json .Swarm}}' | head -c 600; journalctl -u drydock-swarm-mesh -n 40 --no-pager; journalctl -u docker --no-pager | grep -v 'level=info' | tail -n 30`;
    const told = await Promise.all(nodes.map((node) => run(node, `{ ${script}; } 2>&1 || true`).catch(String)));
    return nodes.map((node, k) => `--- ${node}\n${told[k]}`).join('\n');
  }

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
    agent = await host.startAgent();
    await Promise.all(
      nodes.map((node, k) => agent.create({ sessionId: session, node, index: k + 1, limits: TEST_LIMITS })),
    );
    await vi.waitUntil(() => agent.list().filter((report) => report.dockerReady).length === 3, { timeout: 30_000 });
    const image = webImage();
    for (const name of nodes) {
      const load = { command: ['docker', 'import', '-', 'web:test'], stdin: image };
      expect((await host.runtime.exec({ sessionId: session, name }, load)).stderr.toString()).toBe('');
    }
    await run('node1', 'docker swarm init --advertise-addr 192.168.0.11');
    const token = await run('node1', 'docker swarm join-token -q worker');
    join = (node) => run(node, `docker swarm join --token ${token} 192.168.0.11:2377`);
    for (const node of ['node2', 'node3']) await join(node);
    await run('node1', 'docker network create -d overlay --attachable front && docker network create -d overlay back');
  });
  afterAll(() => host?.close());

  test('a published port answers on every node and on its localhost, a service name from a container', async () => {
    await create('--name web --network front --replicas 2 -p 8080:80');
    await inLine();
    const names = new Set<string>();
    for (const node of nodes) {
      for (const address of ['localhost', '192.168.0.11', '192.168.0.12', '192.168.0.13']) {
        for (let k = 0; k < 2; k++) names.add(await run(node, `curl -sf -m 5 http://${address}:8080/`));
      }
      names.add(await inside(node, 'curl -sf -m 5 http://web/'));
      names.add(await run(node, 'docker run --rm -v /usr:/usr:ro web:test curl -sf -m 5 http://192.168.0.11:8080/'));
    }
    expect(names.size).toBe(2);
  });

  test('a rolling update fails no request, from anywhere', async () => {
    const count = (node: string, url: string) =>
      run(
        node,
        `end=$((SECONDS+20)); ok=0; bad=0; while [ $SECONDS -lt $end ]; do if curl -sf -o /dev/null -m 3 ${url}; then ok=$((ok+1)); else bad=$((bad+1)); fi; sleep 0.02; done; echo "$ok $bad"`,
      );
    const clients = [
      count('node1', 'http://localhost:8080/'),
      count('node2', 'http://192.168.0.13:8080/'),
      count('node3', 'http://192.168.0.11:8080/'),
      inside(
        'node2',
        `ok=0; bad=0; for i in $(seq 300); do if curl -sf -o /dev/null -m 3 http://web/; then ok=$((ok+1)); else bad=$((bad+1)); fi; sleep 0.05; done; echo $ok $bad`,
      ),
    ];
    await run(
      'node1',
      'docker service update -q --no-resolve-image --force --update-order start-first --update-delay 1s web',
    );
    for (const answer of await Promise.all(clients)) {
      const [ok, bad] = answer.split(' ').map(Number);
      expect(bad).toBe(0);
      expect(ok).toBeGreaterThan(20);
    }
  });

  test(`after each of ${CHANGES} random changes (seed ${SEED}) every kernel has exactly what docker says`, {
    timeout: 60_000 + CHANGES * 45_000,
  }, async () => {
    const pick = random(SEED);
    const existing = new Set(
      (await run('node1', `docker service ls --format '{{.Name}}'`)).split('\n').filter(Boolean),
    );
    const done: string[] = [];
    /** One change of the many: of a service, of a node, of an engine. */
    const change = async (number: number) => {
      const name = [...existing][pick(existing.size)] ?? 'web';
      const port = 9000 + 10 * number;
      const worker = `node${2 + pick(2)}`;
      const networks = ['--network front', '--network front --network back', '--network back'][pick(3)];
      const kind = existing.size < 2 ? 0 : existing.size > 7 ? 2 : pick(11);
      done.push(`change ${number}: kind ${kind}, ${name} or ${worker}`);
      /* Two to seven services, so that the nodes have something to do and the machine not too much. */
      switch (kind) {
        case 0:
          existing.add(`svc${number}`);
          await create(
            `-d --name svc${number} ${networks} --replicas ${1 + pick(3)} -p ${port}:80 -p ${port + 1}:81/udp -p ${port + 2}-${port + 4}:90-92`,
          );
          break;
        case 1:
          if (!name.startsWith('all')) await run('node1', `docker service scale -d ${name}=${pick(5)}`);
          break;
        case 2:
          existing.delete(name);
          await run('node1', `docker service rm ${name}`);
          break;
        case 3:
          /* Without a VIP there is no routing mesh either: docker refuses. */
          await run(
            'node1',
            `docker service update -q -d --no-resolve-image ${name.startsWith('rr') ? `--env-add N=${number}` : `--publish-add ${port}:80`} ${name}`,
          );
          break;
        case 4:
          await run('node1', `docker node update --availability ${['drain', 'active'][pick(2)]} ${worker}`);
          break;
        case 5:
          existing.add(`rr${number}`);
          await create(`-d --name rr${number} ${networks} --endpoint-mode dnsrr`);
          break;
        case 6:
          existing.add(`all${number}`);
          await create(`-d --name all${number} --mode global ${networks} -p ${port}:80`);
          break;
        case 7: {
          const how = `--update-order ${['start-first', 'stop-first'][pick(2)]} --update-parallelism ${pick(3)}`;
          await run('node1', `docker service update -q -d --no-resolve-image --force ${how} ${name}`);
          break;
        }
        case 8:
          await run(worker, 'service docker restart && until docker info >/dev/null 2>&1; do sleep 0.2; done');
          break;
        case 9:
          // A starved daemon says that it gave up, and has left.
          await run(
            worker,
            `until docker swarm leave --force || docker info | grep -q 'Swarm: inactive'; do sleep 1; done`,
          );
          await run('node1', `until docker node rm ${worker} >/dev/null 2>&1; do sleep 0.2; done`);
          await join(worker);
          break;
        default:
          // One that has just ended by itself is as dead.
          await run(worker, 'docker ps -q | head -n 1 | xargs -r docker kill 2>&1 | grep -v "not running" || true');
      }
    };
    for (let number = 0; number < CHANGES; number++) {
      try {
        await change(number);
        await inLine();
      } catch (error) {
        throw new Error(
          `change ${number} of seed ${SEED}: ${error}\n${done.slice(-6).join('\n')}\n${await evidence()}`,
        );
      }
    }
    /* And when everything that was asked for has come up. */
    const missing = `docker service ls --format '{{.Replicas}}' | awk -F'[/ ]' '$1 != $2' | wc -l`;
    await run('node1', 'for node in node2 node3; do docker node update --availability active $node; done');
    await expect.poll(() => run('node1', missing), { timeout: 60_000, interval: 500 }).toBe('0');
    await inLine();
  });

  test('no question of ours is in the log of an engine', async () => {
    for (const node of nodes) {
      const log = await run(node, 'cat /var/log/drydock/docker.log*');
      expect(log).toContain('Initializing Libnetwork Agent');
      expect(log).not.toMatch(/get table|component=diagnostic|Inconsistent driver and libnetwork state/);
    }
  });

  test('a manager that is demoted serves on, and loses each rule with its service', async () => {
    const state = (node: string) =>
      run(
        'node1',
        `docker node inspect -f '{{.Spec.Role}} {{if .ManagerStatus}}{{.ManagerStatus.Reachability}}{{end}}' ${node}`,
      );
    await run('node1', 'docker node promote node2');
    await expect.poll(() => state('node2'), { timeout: 20_000 }).toBe('manager reachable');
    await run('node1', 'docker node demote node2');
    await expect.poll(() => state('node2'), { timeout: 20_000 }).toBe('worker');
    await inLine();
    await run('node1', 'docker service ls -q | xargs -r docker service rm');
    for (const node of nodes) await expect.poll(() => rulesOf(node), { timeout: 20_000 }).toBe('');
  });

  test('leaving takes everything along, and a swarm made anew is served', async () => {
    await create('--name left --network front --network back --replicas 3 -p 8070:80');
    await inLine();
    for (const node of nodes) expect(await rulesOf(node)).toContain('8070');
    for (const node of [...nodes].reverse()) await run(node, 'docker swarm leave --force');
    for (const node of nodes) {
      await expect.poll(() => rulesOf(node), { timeout: 20_000 }).toBe('');
      await expect
        .poll(() => run(node, 'nft list tables; iptables -S; ss -Hltn'), { timeout: 5_000 })
        .not.toMatch(/swarm_mesh|SWARM-MESH|:80[78]0/);
    }
    await run('node2', 'docker swarm init --advertise-addr 192.168.0.12');
    const token = await run('node2', 'docker swarm join-token -q worker');
    await run('node1', `docker swarm join --token ${token} 192.168.0.12:2377`);
    await run(
      'node2',
      `docker service create -q --no-resolve-image --name again -p 8080:80 web:test sh -c 'echo again >/www/index.html; exec httpd -f -p 80 -h /www'`,
    );
    await expect
      .poll(() => run('node1', 'curl -s -m 2 http://localhost:8080/ || true'), { timeout: 5_000 })
      .toBe('again');
  });
});
