/** The last picture of every session's swarm, as the hosts tell it; pages get each new one as a step from the one before. */
import { type SessionId, type SwarmState, type SwarmStep, swarmStep } from '@drydock/protocol';
import type { SessionRecord } from '../model/session.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

export interface SwarmBoard {
  /** What is known of a session's swarm. */
  get(sessionId: SessionId): SwarmState;
}

const NOTHING: SwarmState = { view: null, problem: null };

/** Builds the board; `publish` hears each step in the moment in which `get` begins to answer with it. */
export function createSwarmBoard(deps: {
  hosts: Pick<HostRegistry, 'onEvent' | 'isConnected'>;
  directory: Pick<SessionDirectory, 'get' | 'onChange'>;
  publish: (sessionId: SessionId, step: SwarmStep) => void;
}): SwarmBoard {
  const { hosts, directory, publish } = deps;
  /** What each host of a session told last: of a session that spans hosts every one with a managing node tells. */
  const told = new Map<SessionId, Map<string, SwarmState>>();
  const shown = new Map<string, SwarmState>();
  const get = (sessionId: SessionId) => shown.get(sessionId) ?? NOTHING;

  /** Of several the one that is here, whose managers answer, that has the leader; then the first name, so that it stays the same one. */
  function choose(session: SessionRecord): SwarmState {
    const hostOf = (name: string | null | undefined) => session.nodes.find((node) => node.name === name)?.host;
    const offers = [...(told.get(session.id) ?? [])]
      .filter(([, { view, problem }]) => view !== null || problem !== null)
      .map(([host, state]) => ({
        host,
        state,
        rank: [hosts.isConnected(host), state.problem === null, hostOf(state.view?.leader) === host]
          .map(Number)
          .join(''),
      }))
      .sort((a, b) => b.rank.localeCompare(a.rank) || a.host.localeCompare(b.host));
    return offers[0]?.state ?? NOTHING;
  }

  function show(session: SessionRecord): void {
    const before = get(session.id);
    const next = choose(session);
    if (JSON.stringify(before) === JSON.stringify(next)) return;
    shown.set(session.id, next);
    publish(session.id, swarmStep(before, next));
  }

  hosts.onEvent((event) => {
    if (event.kind === 'lost') {
      for (const [sessionId, states] of told) {
        const session = states.size > 1 && states.has(event.host) ? directory.get(sessionId) : undefined;
        if (session !== undefined) show(session);
      }
    }
    if (event.kind !== 'swarm') return;
    // What a host says of a session of which it has no nodes is nothing.
    const session = directory.get(event.sessionId);
    if (session === undefined || !session.nodes.some(({ host }) => host === event.host)) return;
    told.set(session.id, (told.get(session.id) ?? new Map()).set(event.host, event.swarm));
    show(session);
  });
  directory.onChange(({ next }) => {
    if (next.state === 'closed') {
      told.delete(next.id);
      shown.delete(next.id);
      return;
    }
    const states = told.get(next.id);
    const gone = [...(states?.keys() ?? [])].filter((host) => !next.nodes.some((node) => node.host === host));
    for (const host of gone) states?.delete(host);
    if (gone.length > 0) show(next);
  });
  return { get };
}
