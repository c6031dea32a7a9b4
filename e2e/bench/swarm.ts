/** How soon a task that runs is answered by the routing mesh and shown by the map, what the mesh costs, and what a lost node does. */
import { applySwarmStep, type SwarmState } from '@drydock/protocol';
import { type ApiSession, createSession } from '../support/api.ts';
import { followSession } from '../support/follow-session.ts';
import type { Figures } from './figures.ts';

const ROUNDS = 15;
const PORT = 8080;
const PATIENCE_MS = 60_000;
const IDLE_SECONDS = 30;
/** docker itself notices a dead node after some six seconds. */
const LOSS_SECONDS = 10;

async function must(session: ApiSession, node: string, script: string, seconds = 120): Promise<string> {
  const { exitCode, stdout, stderr } = await session.sh(node, script, seconds);
  if (exitCode !== 0) throw new Error(`${node}: ${stderr}`);
  return stdout.trim();
}

/** Follows the session's swarm as a page does; tells when each task was first seen running (ms since the epoch). */
function followMap(origin: string, session: ApiSession) {
  const seen = new Map<string, number>();
  let state: SwarmState = { view: null, problem: null };
  const note = () => {
    for (const task of state.view?.tasks ?? []) {
      if (task.state === 'running' && !seen.has(task.id)) seen.set(task.id, Date.now());
    }
  };
  const close = followSession(origin, session, {
    snapshot({ swarm }) {
      state = swarm;
      note();
    },
    change(change) {
      if (change.kind !== 'swarm') return;
      state = applySwarmStep(state, change.step);
      note();
    },
  });
  return { seen, close };
}

/** Docker's own time of the task's change to running (ms since the epoch); nodes have the host's clock. */
const RUNNING = `docker service ps -q --filter desired-state=running web | xargs docker inspect --type task -f '{{.ID}} {{.Status.State}} {{.Status.Timestamp.UnixMilli}}'`;
/** Asks again and again until something answers; prints when (ms since the epoch). */
const ANSWERED = `until curl -sf -o /dev/null --max-time 1 http://localhost:${PORT}/; do sleep 0.01; done; date +%s%3N`;

/** What the mesh of a node takes while nothing happens: nanoseconds on a processor, and resident memory (kB). */
const IDLE = `p=$(pidof swarm-mesh); used() { cut -d' ' -f1 /proc/$p/schedstat; }; a=$(used); sleep ${IDLE_SECONDS}; echo $(($(used) - a)) $(awk '/^VmRSS/ { print $2 }' /proc/$p/status)`;
/** Requests that failed, of how many. */
const LOSS = `end=$((SECONDS + ${LOSS_SECONDS})); all=0; bad=0; while [ $SECONDS -lt $end ]; do all=$((all+1)); curl -sf -o /dev/null --max-time 1 http://localhost:${PORT}/ || bad=$((bad+1)); sleep 0.02; done; echo $bad $all`;

async function benchIdle(session: ApiSession, figures: Figures): Promise<void> {
  const [nanoseconds = 0, kilobytes = 0] = (await must(session, 'node2', IDLE)).split(' ').map(Number);
  figures.value('swarm.mesh-idle-cpu', '%', (nanoseconds / (IDLE_SECONDS * 1e9)) * 100);
  figures.value('swarm.mesh-idle-memory', 'MB', kilobytes / 1000);
}

/** A third node with tasks is deleted while another one's published port is asked. */
async function benchLoss(session: ApiSession, token: string, figures: Figures): Promise<void> {
  await session.addNode('node3');
  await session.dockerReady('node3');
  await must(session, 'node3', `docker swarm join --token ${token} 192.168.0.11:2377`);
  await must(
    session,
    'node1',
    'docker service update -q -d --constraint-rm node.hostname==node1 web && docker service scale -d web=6 && until [ "$(docker service ps -f desired-state=running --format "{{.CurrentState}}" web | grep -c Running)" = 6 ]; do sleep 0.2; done',
  );
  await must(session, 'node2', 'sleep 1');
  const asked = must(session, 'node2', LOSS);
  await must(session, 'node1', 'sleep 2');
  await session.deleteNode('node3');
  const [failed = 0, all = 0] = (await asked).split(' ').map(Number);
  figures.value('swarm.lost-node.failed-requests', 'requests', failed, all);
}

export async function benchSwarm(origin: string, figures: Figures): Promise<void> {
  const session = await createSession(origin);
  const map = followMap(origin, session);
  try {
    for (const name of ['node1', 'node2']) {
      await session.addNode(name);
      await session.dockerReady(name);
    }
    const token = await must(
      session,
      'node1',
      'docker swarm init --advertise-addr 192.168.0.11 >/dev/null && docker swarm join-token -q worker',
    );
    await must(session, 'node2', `docker swarm join --token ${token} 192.168.0.11:2377`);
    // The task lives on node1 and is asked for on node2, so that the mesh has both halves of the way to make.
    await must(
      session,
      'node1',
      `docker service create -d --name web --constraint node.hostname==node1 -p ${PORT}:80 drydock/web:1`,
    );
    await must(session, 'node2', ANSWERED);
    for (let round = 0; round < ROUNDS; round += 1) {
      await must(
        session,
        'node1',
        'docker service scale -d web=0 && until [ -z "$(docker ps -q)" ]; do sleep 0.1; done',
      );
      await must(
        session,
        'node2',
        `while curl -sf -o /dev/null --max-time 1 http://localhost:${PORT}/; do sleep 0.1; done`,
      );
      const answered = must(session, 'node2', ANSWERED);
      await must(session, 'node1', 'docker service scale -d web=1');
      const at = Number(await answered);
      const [id = '', , running] = (await must(session, 'node1', RUNNING)).split(' ');
      figures.sample('swarm.mesh-after-task', 'ms', Math.max(0, at - Number(running)));
      const deadline = Date.now() + PATIENCE_MS;
      while (!map.seen.has(id)) {
        if (Date.now() > deadline) throw new Error(`the map never showed task ${id} running`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      figures.sample('swarm.map-lag', 'ms', Math.max(0, (map.seen.get(id) ?? 0) - Number(running)));
    }
    await benchIdle(session, figures);
    await benchLoss(session, token, figures);
  } finally {
    map.close();
    await session.close();
  }
}
