/** Asks a session's managing node for its swarm now, for callers of the API; pages get theirs by themselves (swarm-board.ts). */
import { DrydockError, type SwarmView } from '@drydock/protocol';
import type { NodeRecord, SessionRecord } from '../model/session.ts';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';

/** A manager without quorum lets its caller wait; ours must not, so the agent gives up earlier than this (ms). */
const ASK_MS = 20_000;

export interface SwarmReader {
  /** The session's swarm, or null when no reachable node manages one. @throws DrydockError NODE_NOT_READY when it has no leader. */
  read(session: SessionRecord): Promise<SwarmView | null>;
}

/** Builds the reader. */
export function createSwarmReader(deps: {
  commands: AgentCommands;
  hosts: Pick<HostRegistry, 'nodeReport' | 'isConnected'>;
}): SwarmReader {
  const { commands, hosts } = deps;
  const asked = new Map<string, Promise<SwarmView | null>>();

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
    const { view, problem } = await commands.send(node.host, 'swarm.read', { sessionId: session.id }, ASK_MS);
    if (problem !== null) throw new DrydockError('NODE_NOT_READY', `The swarm does not answer: ${problem}`);
    return view;
  }

  return {
    async read(session) {
      // An answer that is under way may have begun before what its second caller wants to see: that one asks after it.
      await asked.get(session.id)?.catch(() => undefined);
      const answer = asked.get(session.id) ?? ask(session);
      asked.set(session.id, answer);
      return answer.finally(() => {
        if (asked.get(session.id) === answer) asked.delete(session.id);
      });
    },
  };
}
