/** The last picture of every session's swarm, as the hosts tell it; pages get each new one as a step from the one before. */
import { type SwarmState, type SwarmStep, swarmStep } from '@drydock/protocol';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

export interface SwarmBoard {
  /** What is known of a session's swarm. */
  get(sessionId: string): SwarmState;
}

const NOTHING: SwarmState = { view: null, problem: null };

/** Builds the board; `publish` hears each step in the moment in which `get` begins to answer with it. */
export function createSwarmBoard(deps: {
  hosts: Pick<HostRegistry, 'onEvent'>;
  directory: Pick<SessionDirectory, 'get' | 'onChange'>;
  publish: (sessionId: string, step: SwarmStep) => void;
}): SwarmBoard {
  const { hosts, directory, publish } = deps;
  const states = new Map<string, SwarmState>();
  const get = (sessionId: string) => states.get(sessionId) ?? NOTHING;

  hosts.onEvent((event) => {
    if (event.kind !== 'swarm') return;
    const { sessionId, swarm } = event;
    // One host tells for a session; what another says of nodes it does not have is nothing.
    const session = directory.get(sessionId);
    if (session === undefined || !session.nodes.some(({ host }) => host === event.host)) return;
    const before = get(sessionId);
    if (JSON.stringify(before) === JSON.stringify(swarm)) return;
    states.set(sessionId, swarm);
    publish(sessionId, swarmStep(before, swarm));
  });
  directory.onChange(({ next }) => {
    if (next.state === 'closed') states.delete(next.id);
  });
  return { get };
}
