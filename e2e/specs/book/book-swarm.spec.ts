/**
 * Exercises of the learner's book on swarm, stacks and overlay networks (chapters 10, 12, 14, 15), on six real nodes named as in the
 * book. `drydock/web:1` and `:2` stand for its two versions of the web app; they listen on port 80.
 */
import { type ApiSession, createSession } from '../../support/api.ts';
import { HEALTHY, swarmShell, WEB_SERVER } from '../../support/swarm-shell.ts';
import { expect, test } from '../../support/test.ts';

const MANAGERS = ['mgr1', 'mgr2', 'mgr3'];
const WORKERS = ['wrk1', 'wrk2', 'wrk3'];
const ALL = [...MANAGERS, ...WORKERS];

test.describe('the book: a swarm of six nodes', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 });
  let session: ApiSession;
  const addresses = new Map<string, string>();

  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin);
    for (const name of ALL) addresses.set(name, (await session.addNode(name)).ip);
    for (const name of ALL) await session.dockerReady(name);
  });
  test.afterAll(async () => session?.close());

  const { on, until, converged, updateIs, dockerAnswers, countRequests } = swarmShell(() => session);

  test('C10-01 build a six-node swarm', async () => {
    const ip = addresses.get('mgr1');
    await on('mgr1', `docker swarm init --advertise-addr ${ip}:2377 --listen-addr ${ip}:2377`);
    const worker = (await on('mgr1', 'docker swarm join-token -q worker')).trim();
    const manager = (await on('mgr1', 'docker swarm join-token -q manager')).trim();
    for (const name of ALL.slice(1)) {
      const own = addresses.get(name);
      const token = MANAGERS.includes(name) ? manager : worker;
      expect(
        await on(
          name,
          `docker swarm join --token ${token} ${ip}:2377 --advertise-addr ${own}:2377 --listen-addr ${own}:2377`,
        ),
      ).toContain('joined a swarm');
    }
    const list = await on('mgr1', "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'");
    for (const name of ALL) expect(list).toMatch(new RegExp(`^${name} Ready`, 'm'));
    expect(list).toMatch(/^mgr1 Ready Leader/m);
  });

  test('C10-01 rotated join tokens: the old one is refused', async () => {
    const before = await on('mgr1', 'docker swarm join-token -q worker');
    const after = await on('mgr1', 'docker swarm join-token -q --rotate worker');
    expect(after).not.toBe(before);
    await on('wrk3', 'docker swarm leave');
    await on('mgr1', 'docker node rm --force wrk3');
    const join = (token: string) => `docker swarm join --token ${token} ${addresses.get('mgr1')}:2377`;
    const refused = await session.sh('wrk3', join(before));
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/join token/);
    await on('wrk3', join(after));
    await until('mgr1', '[ "$(docker node ls | grep -c Ready)" = 6 ]');
    // Only managers answer for the swarm.
    expect((await session.sh('wrk3', 'docker node ls')).stderr).toContain('not a swarm manager');
  });

  test('certificates: who a node is, and how long that holds', async () => {
    const subject = 'openssl x509 -noout -subject -in /var/lib/docker/swarm/certificates/swarm-node.crt';
    expect(await on('mgr1', subject)).toMatch(/OU ?= ?swarm-manager/);
    expect(await on('wrk1', subject)).toMatch(/OU ?= ?swarm-worker/);
    await on('mgr1', 'docker swarm update --cert-expiry 48h');
    expect(await on('mgr2', 'docker info')).toContain('Expiry Duration: 2 days');
  });

  test('C10-03 managers stop running apps', async () => {
    await on('mgr1', 'for m in mgr1 mgr2 mgr3; do docker node update --availability drain $m; done');
    expect((await on('mgr1', 'docker node ls')).match(/Drain/g)).toHaveLength(3);
  });

  test('C10-04 a service of five replicas on the workers only', async () => {
    await on('mgr1', 'docker service create -d --name web-fe -p 8080:80 --replicas 5 drydock/web:1');
    await converged('web-fe', '5/5');
    const where = await on('mgr1', "docker service ps web-fe -f desired-state=running --format '{{.Node}}'");
    expect(new Set(where.trim().split('\n'))).toEqual(new Set(WORKERS));
    const pretty = await on('mgr1', 'docker service inspect --pretty web-fe');
    for (const fact of [
      'PublishMode = ingress',
      'Parallelism:\t1',
      'On failure:\tpause',
      'stop-first',
      'Mode:\tvip',
      '@sha256:',
    ]) {
      expect(pretty.replace(/:\s+/g, ':\t')).toContain(fact);
    }
  });

  test('C10-04 the routing mesh answers on every node, also by localhost', async () => {
    for (const name of ALL) {
      for (const target of ['localhost', addresses.get(name)]) {
        expect(
          await on(name, `curl -s --retry 20 --retry-delay 1 --retry-all-errors --max-time 5 http://${target}:8080/`),
        ).toContain('version 1');
      }
    }
    const seen = await on(
      'mgr1',
      "for i in $(seq 30); do curl -s localhost:8080 | grep -o 'container [0-9a-f]*\\|[0-9a-f]\\{12\\}' | head -1; done | sort -u | wc -l",
    );
    expect(Number(seen.trim()), 'replicas that answered').toBe(5);
  });

  test('C10-06 global mode: one task on each active node', async () => {
    await on('mgr1', 'docker service create -d --mode global --name g1 busybox sleep 1d');
    await converged('g1', '3/3');
    await on('mgr1', 'docker service rm g1');
    const both = await session.sh('mgr1', 'docker service create -d --mode global --replicas 2 busybox sleep 1d');
    expect(both.stderr).toContain('replicas can only be used with replicated');
  });

  test('C10-07 scale up and down', async () => {
    await on('mgr1', 'docker service scale -d web-fe=10');
    await converged('web-fe', '10/10');
    const counts = await on(
      'mgr1',
      "docker service ps web-fe -f desired-state=running --format '{{.Node}}' | sort | uniq -c | awk '{print $1}' | sort -rn | xargs",
    );
    expect(counts.trim()).toBe('4 3 3');
    await on('mgr1', 'docker service scale -d web-fe=5');
    await converged('web-fe', '5/5');
    await on('mgr1', 'docker service rm web-fe');
    expect((await on('mgr1', 'docker service ls -q')).trim()).toBe('');
  });

  test('C10-09 an overlay is known to managers, and to workers when they need it', async () => {
    await on('mgr1', 'docker network create -d overlay uber-net');
    expect(await on('mgr2', 'docker network ls')).toContain('uber-net');
    expect(await on('wrk1', 'docker network ls')).not.toContain('uber-net');
    await on(
      'mgr1',
      'docker service create -d --name uber-svc --network uber-net -p 8080:80 --replicas 6 drydock/web:1',
    );
    await converged('uber-svc', '6/6');
    expect(await on('wrk1', 'docker network ls')).toContain('uber-net');
  });

  test('C10-11 a rolling update mixes versions and ends in the new one', async () => {
    await on(
      'mgr1',
      'docker service update -d --image drydock/web:2 --update-parallelism 2 --update-delay 2s --update-monitor 1s --rollback-parallelism 3 --rollback-monitor 1s uber-svc',
    );
    // On the way both versions run side by side.
    const running = `docker service ps uber-svc -f desired-state=running --format '{{.Image}}' | sort -u | xargs`;
    await until('mgr1', `[ "$(${running})" = "drydock/web:1 drydock/web:2" ]`);
    await updateIs('uber-svc', 'completed');
    expect(await on('mgr1', 'docker service ps uber-svc')).toMatch(/\\_ uber-svc.*drydock\/web:1.*Shutdown/);
    for (const name of ['mgr3', 'wrk2']) {
      expect(
        await on(
          name,
          'for i in 1 2 3 4 5 6; do curl -s --max-time 5 --retry 5 --retry-all-errors localhost:8080; done',
        ),
      ).not.toContain('version 1');
    }
    await on('mgr1', 'docker service rollback -d uber-svc');
    await updateIs('uber-svc', 'rollback_completed');
  });

  test('a rolling update of a healthy service that starts first fails no request, from no node', async () => {
    await on('mgr1', `docker service create -d --name steady ${HEALTHY} -p 8082:80 --replicas 3 ${WEB_SERVER}`);
    await converged('steady', '3/3');
    const counting = await countRequests(['mgr2', 'wrk3'], 8082);
    await on(
      'mgr1',
      'docker service update -d --force --update-order start-first --update-delay 1s --update-monitor 1s steady',
    );
    await updateIs('steady', 'completed');
    for (const { ok, bad } of await counting.stop()) {
      expect(bad, 'failed requests').toBe(0);
      expect(ok).toBeGreaterThan(20);
    }
    await on('mgr1', 'docker service rm steady');
  });

  test('C10-12 service logs come from all nodes', async () => {
    await on(
      'mgr1',
      `docker service create -q -d --mode global --name talk --stop-signal KILL busybox sh -c 'echo hello; sleep 1d'`,
    );
    await until('mgr1', `[ "$(docker service logs talk 2>/dev/null | grep -c hello)" = 3 ]`);
    const lines = (await on('mgr1', 'docker service logs --tail 10 --details talk')).split('\n');
    for (const worker of WORKERS) {
      expect(lines.some((line) => new RegExp(`^talk\\.\\S+@${worker}\\s+\\|.*hello`).test(line))).toBe(true);
    }
    // Followed, they go on until one stops looking.
    expect((await session.sh('mgr1', 'timeout 2 docker service logs --follow talk')).exitCode).toBe(124);
    await on('mgr1', 'docker service rm talk');
  });

  test('C14 overlays: VIP by service name, tasks.name, isolation', async () => {
    await on(
      'mgr1',
      'docker network create -d overlay --attachable other-net && docker service create -d --name client --network uber-net --constraint node.hostname==wrk1 busybox sleep 1d && docker service create -d --name stranger --network other-net --constraint node.hostname==wrk1 busybox sleep 1d',
    );
    await converged('client', '1/1');
    await converged('stranger', '1/1');
    const inside = (service: string, command: string) =>
      `docker exec $(docker ps -qf label=com.docker.swarm.service.name=${service}) ${command}`;
    expect(await on('wrk1', inside('client', 'wget -qO- -T 5 http://uber-svc/'))).toContain('version 1');
    const tasks = await on('wrk1', inside('client', 'nslookup tasks.uber-svc'));
    expect(tasks.match(/Address.*: 10\.0\.\d+\.\d+/g)?.length).toBeGreaterThanOrEqual(6);
    expect((await session.sh('wrk1', inside('stranger', 'wget -qO- -T 3 http://uber-svc/'))).exitCode).not.toBe(0);
    expect(await on('wrk2', 'docker run --rm --network other-net busybox ping -c 1 stranger')).toContain(
      '1 packets received',
    );
    await on('mgr1', 'docker service rm client stranger uber-svc');
  });

  test('secrets and configs reach only the tasks that are granted them', async () => {
    await on(
      'mgr1',
      'echo -n hush | docker secret create s1 - && echo -n setting | docker config create c1 - && docker service create -d --name keeper --secret s1 --config c1 --constraint node.hostname==wrk2 busybox sleep 1d',
    );
    await converged('keeper', '1/1');
    expect(
      await on(
        'wrk2',
        'docker exec $(docker ps -qf label=com.docker.swarm.service.name=keeper) cat /run/secrets/s1 /c1',
      ),
    ).toContain('hushsetting');
    await on('mgr1', 'docker service rm keeper; docker secret rm s1; docker config rm c1');
  });

  test('a stack from a compose file: deploy, scale by file, remove', async () => {
    await on(
      'mgr1',
      `cat > stack.yml <<'YAML'
services:
  web:
    image: drydock/web:1
    ports: ["8081:80"]
    networks: [app]
    deploy: {replicas: 3, placement: {constraints: ["node.role == worker"]}, update_config: {parallelism: 1, order: start-first}}
  redis:
    image: redis
    networks: [app]
    deploy: {placement: {constraints: ["node.role == worker"]}}
networks: {app: {}}
YAML
docker stack deploy -d=true -c stack.yml app 2>&1`,
    );
    await converged('app_web', '3/3');
    await converged('app_redis', '1/1');
    await until('mgr2', 'curl -s --max-time 3 localhost:8081 | grep -q visits');
    await on(
      'mgr1',
      "sed -i 's/replicas: 3/replicas: 5/' stack.yml && docker stack deploy -d=true -c stack.yml app 2>&1",
    );
    await converged('app_web', '5/5');
    await on('mgr1', 'docker stack rm app');
  });

  test('C10-02 autolock: a restarted manager stays locked until it is unlocked', async () => {
    const key = /SWMKEY-1-\S+/.exec(
      await on('mgr1', 'docker swarm update --autolock=true && docker swarm unlock-key -q'),
    )?.[0];
    await on('mgr3', 'service docker restart');
    await dockerAnswers('mgr3');
    const locked = await session.sh('mgr3', 'docker node ls');
    expect(locked.stderr).toContain('Swarm is encrypted and needs to be unlocked');
    await on('mgr3', `echo ${key} | docker swarm unlock`);
    await until('mgr3', 'docker node ls >/dev/null 2>&1');
    await on('mgr1', 'docker swarm update --autolock=false');
  });

  test('C10-13 and C10-14 back up the swarm and restore it', async () => {
    await on('mgr1', 'docker network create -d overlay unimatrix01');
    await on(
      'mgr2',
      'sleep 2; service docker stop && tar -czf swarm.bkp /var/lib/docker/swarm/ && service docker restart',
    );
    // A restore is for a swarm that is lost: a living leader that hears an older log again makes dockerd's raft panic
    // ("tocommit is out of range", etcd/raft log.go), and the book restores one manager.
    for (const lost of ['mgr1', 'mgr3']) await on(lost, 'service docker stop');
    await on(
      'mgr2',
      'service docker stop && rm -r /var/lib/docker/swarm && tar -zxf swarm.bkp -C / && service docker start',
    );
    await dockerAnswers('mgr2');
    const ip = addresses.get('mgr2');
    await on('mgr2', `docker swarm init --force-new-cluster --advertise-addr ${ip}:2377 --listen-addr ${ip}:2377`);
    expect(await on('mgr2', 'docker network ls')).toContain('unimatrix01');
    expect((await on('mgr2', "docker node ls --format '{{.ManagerStatus}}' | grep -c Leader")).trim()).toBe('1');
  });
});
