/** What a person can do next, chosen from what the session has: three steps at most, the nearest first. */
import type { WorkbenchData } from '../session/workbench-store.ts';

export type NextStep =
  /** Types a command into the terminal and runs it. */
  | { kind: 'run'; what: 'web-server' | 'swarm' | 'service'; command: string }
  | { kind: 'open-port'; node: string; port: number }
  | { kind: 'add-node' }
  | { kind: 'show-swarm' }
  | { kind: 'write-file' };

const MOST = 3;
/** What tutorials publish on, and where to look for the next free one. */
const FIRST_PORT = 8080;
const LAST_PORT = 8099;

/** A port that nothing of the node listens on. */
function freePort({ ports }: WorkbenchData, node: string): number {
  const taken = new Set(ports[node]?.map(({ port }) => port));
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) if (!taken.has(port)) return port;
  return LAST_PORT + 1;
}

/** The steps for a terminal of `node`; none for somebody who only watches. */
export function nextSteps(data: WorkbenchData, node: string): NextStep[] {
  const { session, ports, right } = data;
  const here = session.nodes.find(({ name }) => name === node);
  if (right === 'viewer' || here === undefined) return [];
  const open = ports[node]?.find(({ protocol }) => protocol === 'tcp');
  const isManager = here.swarm.role === 'manager';
  const hasSwarm = session.nodes.some(({ swarm }) => swarm.role !== 'none');
  const hasRoom = session.nodes.length < session.limits.nodes;
  const port = freePort(data, node);
  const steps: (NextStep | false)[] = [
    open !== undefined && { kind: 'open-port', node, port: open.port },
    isManager && {
      kind: 'run',
      what: 'service',
      command: `docker service create --name web --replicas 3 -p ${port}:80 nginx`,
    },
    hasSwarm && { kind: 'show-swarm' },
    !hasSwarm &&
      open === undefined && { kind: 'run', what: 'web-server', command: `docker run -d -p ${port}:80 nginx` },
    !hasSwarm &&
      session.nodes.length > 1 && {
        kind: 'run',
        what: 'swarm',
        command: `docker swarm init --advertise-addr ${here.ip}`,
      },
    !hasSwarm && session.nodes.length === 1 && hasRoom && { kind: 'add-node' },
    { kind: 'write-file' },
  ];
  return steps.filter((step) => step !== false).slice(0, MOST);
}
