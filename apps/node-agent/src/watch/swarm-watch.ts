/**
 * Keeps the picture of each session's swarm: asks one managing node of it when something happened, and again while tasks are on their way,
 * since docker has no event for what becomes of a task.
 */
import type { SessionId, SwarmRole, SwarmState } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import { type DockerApi, EngineError } from './docker-api.ts';
import { readSwarm } from './swarm-view.ts';

/** Events come in packs (die, destroy, create, start); one look for all of them (ms). */
const SETTLE_MS = 40;
/** Between two looks at a swarm that is in motion (ms): a change is seen at most this much later, and a flood of events costs no more. */
const MOVING_MS = 150;
/** A swarm that stands still although it is not where it should be (nothing fits) is looked at less and less often, down to this (ms). */
const STUCK_MS = 5_000;
/** A swarm at rest: only to notice what no event told (ms). */
const REST_MS = 30_000;

export interface SwarmWatch {
  /** A node's engine answered; what it says of itself. */
  set(sessionId: SessionId, node: string, api: DockerApi, swarm: SwarmRole): void;
  /** A node's engine is away, or the node is gone. */
  remove(sessionId: SessionId, node: string): void;
  /** Something happened in a node that may have moved the swarm. */
  poke(sessionId: SessionId): void;
  /** The swarm as its managing node tells it now. */
  read(sessionId: SessionId): Promise<SwarmState>;
  /** Every session's last picture. */
  list(): [sessionId: SessionId, state: SwarmState][];
  close(): void;
}

interface Session {
  nodes: Map<string, { api: DockerApi; swarm: SwarmRole }>;
  state: SwarmState;
  /** The state as text; undefined before anything was told. */
  told: string | undefined;
  timer: Timer | undefined;
  looking: Promise<void> | undefined;
  /** Something happened since the look that is under way began. */
  again: boolean;
  /** Until the next look, when nothing happens. */
  pauseMs: number;
  /** The next pause of a swarm that is in motion without any change. */
  patienceMs: number;
}

const NOTHING: SwarmState = { view: null, problem: null };

/** Builds the watch; `onSwarm` hears of each picture that differs from the one before, and of the first one of each session. */
export function createSwarmWatch(deps: {
  clock: Clock;
  onSwarm: (sessionId: SessionId, state: SwarmState) => void;
}): SwarmWatch {
  const { clock, onSwarm } = deps;
  const sessions = new Map<SessionId, Session>();

  /** The leader, else any manager: without a leader it says so. */
  function managerOf({ nodes }: Session) {
    const managers = [...nodes.values()].filter(({ swarm }) => swarm.role === 'manager');
    return managers.find(({ swarm }) => swarm.leader) ?? managers[0];
  }

  async function ask(session: Session): Promise<SwarmState> {
    const manager = managerOf(session);
    if (manager === undefined) return NOTHING;
    try {
      return { view: await readSwarm(manager.api, clock.now()), problem: null };
    } catch (error) {
      // The last picture stays: it is what a learner who lost the quorum needs to see.
      const words = error instanceof EngineError ? error.message : 'Its manager does not answer.';
      return { view: session.state.view, problem: words.replace(/\p{C}/gu, ' ').slice(0, 512) };
    }
  }

  function isMoving({ view }: SwarmState): boolean {
    return (
      view?.tasks.some(({ state, desired }) => (desired === 'running' ? state !== 'running' : state === 'running')) ??
      false
    );
  }

  async function look(sessionId: SessionId, session: Session): Promise<void> {
    session.again = false;
    const state = await ask(session);
    if (sessions.get(sessionId) !== session) return;
    const text = JSON.stringify(state);
    const changed = text !== session.told;
    session.state = state;
    session.told = text;
    if (changed) onSwarm(sessionId, state);
    const isRestless = isMoving(state) || state.problem !== null;
    // A change seldom comes alone; what is on its way is waited for at its pace, and longer each time that nothing came.
    session.pauseMs = changed ? MOVING_MS : isRestless ? session.patienceMs : REST_MS;
    session.patienceMs = changed ? MOVING_MS : Math.min(session.patienceMs * 2, STUCK_MS);
  }

  function schedule(sessionId: SessionId, session: Session, ms: number): void {
    session.timer?.cancel();
    session.timer = clock.after(ms, () => start(sessionId, session));
  }

  function start(sessionId: SessionId, session: Session): void {
    if (session.looking !== undefined) {
      session.again = true;
      return;
    }
    session.timer = undefined;
    session.looking = look(sessionId, session).finally(() => {
      session.looking = undefined;
      if (sessions.get(sessionId) !== session) return;
      if (managerOf(session) === undefined && !session.again) return;
      schedule(sessionId, session, session.again ? MOVING_MS : session.pauseMs);
    });
  }

  /** Looks soon; while a look is under way another one follows it. */
  function poke(sessionId: SessionId, session: Session): void {
    session.patienceMs = MOVING_MS;
    if (session.looking !== undefined) session.again = true;
    else schedule(sessionId, session, SETTLE_MS);
  }

  return {
    set(sessionId, node, api, swarm) {
      let session = sessions.get(sessionId);
      if (session === undefined) {
        session = {
          nodes: new Map(),
          state: NOTHING,
          told: undefined,
          timer: undefined,
          looking: undefined,
          again: false,
          pauseMs: MOVING_MS,
          patienceMs: MOVING_MS,
        };
        sessions.set(sessionId, session);
      }
      const before = session.nodes.get(node)?.swarm;
      session.nodes.set(node, { api, swarm });
      const isNews = before?.role !== swarm.role || before.leader !== swarm.leader;
      if (isNews || session.told === undefined) poke(sessionId, session);
    },
    remove(sessionId, node) {
      const session = sessions.get(sessionId);
      if (session === undefined || !session.nodes.delete(node)) return;
      poke(sessionId, session);
      if (session.nodes.size > 0) return;
      session.timer?.cancel();
      sessions.delete(sessionId);
      if (session.state.view !== null) onSwarm(sessionId, NOTHING);
    },
    poke(sessionId) {
      const session = sessions.get(sessionId);
      // Without a manager there is nothing to see; a new one tells itself by its role.
      if (session !== undefined && managerOf(session) !== undefined) poke(sessionId, session);
    },
    async read(sessionId) {
      const session = sessions.get(sessionId);
      if (session === undefined) return NOTHING;
      // One that is under way may have begun before what the caller wants to see.
      await session.looking;
      if (session.looking === undefined) start(sessionId, session);
      await session.looking;
      return session.state;
    },
    list: () =>
      [...sessions].flatMap(([id, { told, state }]) =>
        told === undefined ? [] : [[id, state] as [SessionId, SwarmState]],
      ),
    close() {
      for (const { timer } of sessions.values()) timer?.cancel();
      sessions.clear();
    },
  };
}
