/** Forms a swarm with docker's own commands, as a learner would. */
import { DrydockError } from '@drydock/protocol';
import type { RunOnNode } from './template-runner.ts';

/** Longest time for one swarm command (s): a join waits for the manager's answer and a certificate. */
const COMMAND_SECONDS = 60;
/** How long the nodes may take to be all Ready after they joined (s). */
const READY_SECONDS = 30;

/** Makes one swarm of the nodes: `managers[0]`, at `address`, begins it. @throws DrydockError NODE_CREATE_FAILED. */
export async function createSwarm(
  run: RunOnNode,
  address: string,
  managers: readonly string[],
  workers: readonly string[],
): Promise<void> {
  const [first, ...others] = managers;
  if (first === undefined) throw new DrydockError('INTERNAL');
  const script = `docker swarm init --advertise-addr ${address} >/dev/null && docker swarm join-token -q manager && docker swarm join-token -q worker`;
  const { stdout } = await run(first, ['sh', '-c', script], COMMAND_SECONDS);
  const [managerToken, workerToken] = stdout.trim().split('\n');
  if (managerToken === undefined || workerToken === undefined) {
    throw new DrydockError('NODE_CREATE_FAILED', `swarm init on ${first} answered unexpectedly.`);
  }
  const join = (node: string, token: string) =>
    run(node, ['docker', 'swarm', 'join', '--token', token, `${address}:2377`], COMMAND_SECONDS);
  const joinWorkers = Promise.all(workers.map((node) => join(node, workerToken)));
  const joinManagers = async () => {
    // Raft takes one new member at a time; two at once make one of them wait for a timeout.
    for (const node of others) await join(node, managerToken);
  };
  await Promise.all([joinWorkers, joinManagers()]);
  const all = managers.length + workers.length;
  const wait = `for i in $(seq ${READY_SECONDS * 5}); do [ "$(docker node ls --format '{{.Status}}' | grep -c Ready)" = ${all} ] && exit 0; sleep 0.2; done; docker node ls; exit 1`;
  await run(first, ['bash', '-c', wait], READY_SECONDS + 10);
}
