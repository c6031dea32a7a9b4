/** Tells the swarm mesh of a node's peers that the node goes, since docker needs seconds to notice that one is dead. */
import type { AgentFact, SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { NodeService } from './node-service.ts';

const MESH = '/usr/lib/drydock/swarm-mesh';
const TELL_TIMEOUT_SECONDS = 5;
/** The nodes of a session that ends go all at once: nobody is left to be told (ms). */
const TOGETHER_MS = 10;

export interface LostPeers {
  onFact(fact: AgentFact): void;
  /** A node of the session has gone from another host. */
  tell(sessionId: SessionId, ip: string): void;
}

/** Builds it; it has no memory. */
export function createLostPeers(deps: {
  nodes: Pick<NodeService, 'list' | 'exec'>;
  clock: Clock;
  logger: Logger;
}): LostPeers {
  const { nodes, clock, logger } = deps;

  function tellPeers(sessionId: SessionId, ip: string): void {
    for (const peer of nodes.list()) {
      if (peer.sessionId !== sessionId || peer.state !== 'running' || peer.swarm.role === 'none') continue;
      nodes
        .exec(sessionId, peer.name, { command: [MESH, '--lost', ip], timeoutSeconds: TELL_TIMEOUT_SECONDS })
        .catch((err: unknown) => logger.info({ err, sessionId, node: peer.name }, 'mesh not told of a lost peer'));
    }
  }

  return {
    tell: tellPeers,
    onFact(fact) {
      if (fact.kind !== 'node' || fact.node.state !== 'destroying' || fact.node.swarm.role === 'none') return;
      const { sessionId, ip } = fact.node;
      clock.after(TOGETHER_MS, () => tellPeers(sessionId, ip));
    },
  };
}
