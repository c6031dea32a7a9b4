/** The book's swarm when parts of it are lost: a worker, the leader, the quorum, an engine that comes back locked. */
import { type ApiSession, createSession } from '../../support/api.ts';
import { HEALTHY, swarmShell, WEB_SERVER } from '../../support/swarm-shell.ts';
import { expect, test } from '../../support/test.ts';

const PORT = 8080;

test.describe('the book: losses of a swarm of six nodes', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 });
  let session: ApiSession;
  const { on, until, converged, dockerAnswers, countRequests } = swarmShell(() => session);
  const noneFailed = (counts: { ok: number; bad: number }[]) => {
    for (const { ok, bad } of counts) {
      expect(bad, 'failed requests').toBe(0);
      expect(ok).toBeGreaterThan(20);
    }
  };

  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin, { template: 'swarm-3m3w' });
    await expect
      .poll(async () => (await session.get()).nodes.every(({ swarm }) => swarm.role !== 'none'), { timeout: 90_000 })
      .toBe(true);
    await until('mgr1', '[ "$(docker node ls | grep -c Ready)" = 6 ]');
    await on('mgr1', 'for m in mgr1 mgr2 mgr3; do docker node update --availability drain $m; done');
    await on(
      'mgr1',
      `docker service create -q -d --name steady ${HEALTHY} -p ${PORT}:80 --replicas 5 --restart-delay 1s ${WEB_SERVER}`,
    );
    await converged('steady', '5/5');
  });
  test.afterAll(async () => session?.close());

  test('a node that is drained and a service that shrinks fail no request', async () => {
    const counting = await countRequests(['mgr2', 'wrk3'], PORT);
    await on('mgr1', 'docker node update --availability drain wrk1');
    await until('mgr1', `! docker service ps steady -f desired-state=running | grep -q wrk1`);
    await converged('steady', '5/5');
    await on('mgr1', 'docker node update --availability active wrk1; docker service scale -d steady=2');
    await converged('steady', '2/2');
    await on('mgr1', 'docker service scale -d steady=5');
    await converged('steady', '5/5');
    noneFailed(await counting.stop());
  });

  test('C10-05 a worker is deleted: no request fails, and its tasks come up elsewhere', async () => {
    expect(await on('mgr1', 'docker service ps steady -f desired-state=running')).toContain('wrk2');
    const counting = await countRequests(['mgr2', 'wrk3'], PORT);
    await session.deleteNode('wrk2');
    // docker's own heartbeat takes its time; the mesh was told at once.
    await until('mgr1', `docker node ls | grep -q 'wrk2 *Down'`);
    await until(
      'mgr1',
      `[ "$(docker service ps steady -f desired-state=running --format '{{.Node}} {{.CurrentState}}' | grep -v wrk2 | grep -c Running)" = 5 ]`,
      { otherwise: 'docker service ps steady' },
    );
    noneFailed(await counting.stop());
    await on('mgr1', 'docker node rm wrk2');
  });

  test('a worker is promoted and demoted', async () => {
    await on('mgr1', 'docker node promote wrk1');
    await until('mgr1', `docker node ls | grep 'wrk1 ' | grep -q Reachable`);
    await until('wrk1', 'docker node ls >/dev/null 2>&1');
    await on('mgr1', 'docker node demote wrk1');
    await until('wrk1', '! docker node ls >/dev/null 2>&1');
  });

  test('the leader is lost: another is elected, services go on, and the old one comes back as a follower', async () => {
    const counting = await countRequests(['wrk3'], PORT);
    await on('mgr1', 'service docker stop');
    await until('mgr2', `docker node ls 2>/dev/null | grep -q Leader`);
    expect(await on('mgr2', `docker node ls --format '{{.Hostname}} {{.ManagerStatus}}'`)).toMatch(/mgr[23] Leader/);
    await expect
      .poll(async () => (await session.get()).nodes.find(({ swarm }) => swarm.leader)?.name, { timeout: 30_000 })
      .toMatch(/mgr[23]/);
    noneFailed(await counting.stop());
    await on('mgr1', 'service docker start');
    await dockerAnswers('mgr1');
    await until('mgr1', `docker node ls 2>/dev/null | grep 'mgr1 ' | grep -q Reachable`);
  });

  test('C10-02 a manager that was restarted asks for the unlock key, hidden, and is down for the others until then', async () => {
    const key = /SWMKEY-1-\S+/.exec(await on('mgr1', 'docker swarm update --autolock=true'))?.[0] ?? '';
    await on('mgr3', 'service docker restart');
    await dockerAnswers('mgr3');
    expect((await session.sh('mgr3', 'docker node ls')).stderr).toContain('needs to be unlocked');
    await until('mgr1', `docker node ls | grep 'mgr3 ' | grep -q 'Unreachable\\|Down'`);
    const typed = await on('mgr3', `printf '%s\\n' ${key} | script -qec 'docker swarm unlock' /dev/null`);
    expect(typed).toContain('Please enter unlock key');
    expect(typed.split('Please enter unlock key')[1]).not.toContain(key);
    await until('mgr3', `docker node ls 2>/dev/null | grep 'mgr3 ' | grep -q 'Ready.*Reachable\\|Ready.*Leader'`);
    await on('mgr1', 'docker swarm update --autolock=false');
  });

  test('the quorum is lost: managers say so, services go on; one manager begins anew with what it has', async () => {
    await on('mgr1', 'docker network create -d overlay kept');
    for (const name of ['mgr2', 'mgr3']) await on(name, 'service docker stop');
    const counting = await countRequests(['wrk3'], PORT);
    await until('mgr1', `docker node ls 2>&1 | grep -q 'does not have a leader\\|deadline exceeded'`);
    noneFailed(await counting.stop());
    const { ip } = (await session.get()).nodes.find(({ name }) => name === 'mgr1') ?? {};
    await on('mgr1', `docker swarm init --force-new-cluster --advertise-addr ${ip}:2377 --listen-addr ${ip}:2377`);
    await until('mgr1', `docker node ls 2>/dev/null | grep 'mgr1 ' | grep -q Leader`);
    expect(await on('mgr1', 'docker network ls')).toContain('kept');
    await converged('steady', '5/5');
    await until('wrk3', `curl -sf -o /dev/null -m 3 localhost:${PORT}`);
  });
});
