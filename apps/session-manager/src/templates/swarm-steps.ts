/** Forms a swarm with docker's own commands, as a learner would. */
import { DrydockError } from '@drydock/protocol';
import type { RunOnNode } from './run-on-node.ts';

/** Longest time for one swarm command (s): a join waits for the manager's answer and a certificate. */
const COMMAND_SECONDS = 60;
/** How long the nodes may take to be all Ready after they joined (s). */
const READY_SECONDS = 30;

/** Begins a swarm at the address and prints both tokens: of a manager, of a worker. */
const BEGIN =
  'docker swarm init --advertise-addr "$1" >/dev/null && docker swarm join-token -q manager && docker swarm join-token -q worker';

/** Makes one swarm of the nodes: `managers[0]`, at `address`, begins it. @throws DrydockError NODE_CREATE_FAILED. */
export async function createSwarm(
  run: RunOnNode,
  address: string,
  managers: readonly string[],
  workers: readonly string[],
): Promise<void> {
  const [first, ...others] = managers;
  if (first === undefined) throw new DrydockError('INTERNAL');
  const { stdout } = await run(first, ['sh', '-c', BEGIN, 'sh', address], COMMAND_SECONDS);
  const [managerToken, workerToken] = stdout.trim().split('\n');
  if (managerToken === undefined || workerToken === undefined) {
    throw new DrydockError('NODE_CREATE_FAILED', `swarm init on ${first} answered unexpectedly.`);
  }
  const join = (token: string) => (node: string) =>
    run(node, ['docker', 'swarm', 'join', '--token', token, `${address}:2377`], COMMAND_SECONDS);
  // All at once: raft takes its new members one after another by itself, and their certificates are made meanwhile.
  await Promise.all([...others.map(join(managerToken)), ...workers.map(join(workerToken))]);
  const all = managers.length + workers.length;
  const wait = `for i in $(seq ${READY_SECONDS * 10}); do [ "$(docker node ls --format '{{.Status}}' | grep -c Ready)" = ${all} ] && exit 0; sleep 0.05; done; docker node ls; exit 1`;
  await run(first, ['bash', '-c', wait], READY_SECONDS + 10);
}
