/** Asks a managing node of a session for its swarm; answers are kept for a moment, so that many lookers cost one question. */
import { DrydockError, type SwarmView } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { NodeRecord, SessionRecord } from '../sessions/session.ts';
import { parseSwarm } from './parse-swarm.ts';

/** An answer is good for this long (ms); the map is to be at most half a second behind. */
const FRESH_MS = 400;
/** A manager without quorum lets its caller wait; the page must not (s). */
const ASK_SECONDS = 8;
const ASK_SLACK_MS = 5000;
/** Sessions whose last answer is remembered. */
const MAX_REMEMBERED = 1000;

/** The engine's own API by its socket, made small by jq in the node: a large swarm would not fit into an answer. */
const SCRIPT = `
get() { curl -sS --max-time 6 --unix-socket /var/run/docker.sock "http://docker/$1"; }
nodes=$(get nodes) || exit 7
[ "$(printf %s "$nodes" | jq -r type)" = array ] || { printf %s "$nodes" | jq -r .message >&2; exit 8; }
printf %s "$nodes" | jq -c '[.[] | {ID, Spec: {Role: .Spec.Role, Availability: .Spec.Availability}, Hostname: .Description.Hostname, State: .Status.State, Addr: .Status.Addr, ManagerStatus}]' &&
get services | jq -c '[.[] | {ID, CreatedAt, Name: .Spec.Name, Image: .Spec.TaskTemplate.ContainerSpec.Image, Mode: .Spec.Mode, Ports: .Endpoint.Ports, Networks: [(.Spec.TaskTemplate.Networks // .Spec.Networks // [])[].Target], Update: .UpdateStatus.State}]' &&
get tasks | jq -c '[.[] | select(.DesiredState == "running" or (.UpdatedAt[0:19] + "Z" | fromdateiso8601) > (now - 120)) | {ID, ServiceID, NodeID, Slot, UpdatedAt, State: .Status.State, Desired: .DesiredState, Image: .Spec.ContainerSpec.Image, Error: .Status.Err, Container: .Status.ContainerStatus.ContainerID}] | .[0:1000]' &&
get networks?filters=%7B%22scope%22%3A%5B%22swarm%22%5D%7D | jq -c '[.[] | {Id, Name, Driver, Ingress, Attachable, Subnets: [(.IPAM.Config // [])[].Subnet]}]'
`;

export interface SwarmReader {
  /** The session's swarm, or null when no reachable node manages one. @throws DrydockError NODE_NOT_READY when it has no leader. */
  read(session: SessionRecord): Promise<SwarmView | null>;
}

/** Builds the reader. */
export function createSwarmReader(deps: {
  commands: AgentCommands;
  hosts: Pick<HostRegistry, 'nodeReport' | 'isConnected'>;
  clock: Clock;
}): SwarmReader {
  const { commands, hosts, clock } = deps;
  const answers = new Map<string, { at: number; view: Promise<SwarmView | null> }>();

  function managerOf(session: SessionRecord): NodeRecord | undefined {
    const roleOf = (node: NodeRecord) => hosts.nodeReport(node.host, session.id, node.name)?.swarm;
    const managers = session.nodes.filter(
      (node) => node.state === 'running' && hosts.isConnected(node.host) && roleOf(node)?.role === 'manager',
    );
    return managers.find((node) => roleOf(node)?.leader) ?? managers[0];
  }

  async function ask(session: SessionRecord): Promise<SwarmView | null> {
    const node = managerOf(session);
    if (node === undefined) return null;
    const answer = await commands.send(
      node.host,
      'node.exec',
      { sessionId: session.id, node: node.name, command: ['sh', '-c', SCRIPT], timeoutSeconds: ASK_SECONDS },
      ASK_SECONDS * 1000 + ASK_SLACK_MS,
    );
    if (answer.exitCode !== 0) {
      throw new DrydockError('NODE_NOT_READY', `The swarm does not answer: ${answer.stderr.trim().slice(0, 300)}`);
    }
    return parseSwarm(answer.stdout);
  }

  return {
    read(session) {
      const known = answers.get(session.id);
      if (known !== undefined && clock.now() - known.at < FRESH_MS) return known.view;
      const view = ask(session);
      answers.delete(session.id);
      answers.set(session.id, { at: clock.now(), view });
      // A question that takes long is not asked again beside itself.
      view.then(
        () => answers.set(session.id, { at: clock.now(), view }),
        () => answers.delete(session.id),
      );
      if (answers.size > MAX_REMEMBERED) answers.delete(answers.keys().next().value ?? '');
      return view;
    },
  };
}
