/** Sessions whose time is up but whose files can still be fetched: brings their nodes to rest, and ends them early when room is wanted. */
import { type SessionId, toDrydockError } from '@drydock/protocol';
import { type Backoff, type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import type { SessionRecord } from '../model/session.ts';
import { type AgentCommands, DESTROY_TIMEOUT_MS } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import { freeNodes } from '../scheduling/pick-host.ts';
import type { Reaper } from './reaper.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { SessionEnds } from './session-ends.ts';

/** Between two attempts to bring one session's nodes on one host to rest (ms). */
const RETRY = { minMs: 250, maxMs: 10_000 };
/** How long somebody who wants room waits until the host has destroyed what was in its way (ms). */
const ROOM_PATIENCE_MS = 20_000;

export interface Retention {
  start(): void;
  /**
   * Ends as few retentions as give some host room for `count` nodes (`home`: that host), the longest over first; false when that cannot
   * help. Nodes of retained sessions hold their place until somebody needs it.
   */
  evict(count: number, home?: string): Promise<boolean>;
  stop(): void;
}

export interface RetentionDeps {
  directory: Pick<SessionDirectory, 'all' | 'get' | 'onChange' | 'placed'>;
  hosts: Pick<HostRegistry, 'list' | 'onEvent'>;
  service: Pick<SessionEnds, 'end'>;
  reaper: Pick<Reaper, 'waitFor'>;
  commands: AgentCommands;
  clock: Clock;
  logger: Logger;
}

/** The retained sessions to end so that `host` takes `wanted` nodes more than now: the longest over first; undefined when all are too few. */
function sessionsToEvict(
  sessions: readonly SessionRecord[],
  host: string,
  wanted: number,
): SessionRecord[] | undefined {
  const chosen: SessionRecord[] = [];
  let missing = wanted;
  for (const session of sessions) {
    if (missing <= 0) break;
    const nodes = session.nodes.filter((node) => node.host === host).length;
    if (nodes === 0) continue;
    chosen.push(session);
    missing -= nodes;
  }
  return missing <= 0 ? chosen : undefined;
}

interface Job {
  sessionId: SessionId;
  host: string;
  backoff: Backoff;
  timer: Timer | undefined;
}

/** Builds the keeper; it follows the directory and the hosts. */
export function createRetention(deps: RetentionDeps): Retention {
  const { directory, hosts, service, reaper, commands, clock, logger } = deps;
  /** `session/host` of each rest that is not done yet. */
  const jobs = new Map<string, Job>();
  let stopped = false;

  const retained = () =>
    [...directory.all()].filter((session) => session.state === 'retained').sort((a, b) => a.endedAt - b.endedAt);

  function begin(session: SessionRecord): void {
    for (const host of new Set(session.nodes.map((node) => node.host))) {
      const key = `${session.id}/${host}`;
      if (jobs.has(key)) continue;
      jobs.set(key, { sessionId: session.id, host, backoff: createBackoff(RETRY), timer: undefined });
      void attempt(session.id, host, key);
    }
  }

  async function attempt(sessionId: SessionId, host: string, key: string): Promise<void> {
    const job = jobs.get(key);
    if (job === undefined || stopped) return;
    job.timer = undefined;
    if (directory.get(sessionId)?.state !== 'retained') return void jobs.delete(key);
    try {
      await commands.send(host, 'session.rest', { sessionId }, DESTROY_TIMEOUT_MS);
      jobs.delete(key);
      logger.info({ sessionId, host }, 'session rests');
    } catch (error) {
      const { code } = toDrydockError(error);
      if (code === 'BAD_REQUEST') {
        // An agent of the release before does not know rest: nothing may run on after the end, so nothing is retained.
        jobs.delete(key);
        logger.warn({ sessionId, host }, 'retention ended: the host’s agent is too old for it');
        await endNow(sessionId);
        return;
      }
      if (code !== 'HOST_UNAVAILABLE') logger.warn({ err: error, sessionId, host }, 'session does not rest yet');
      job.timer = clock.after(job.backoff.next(), () => void attempt(sessionId, host, key));
    }
  }

  async function endNow(sessionId: SessionId): Promise<void> {
    await service.end(sessionId, 'expired').catch((error: unknown) => {
      logger.warn({ err: error, sessionId }, 'retention could not be ended yet');
    });
  }

  const stopListening = [
    directory.onChange(({ next }) => {
      if (next.state === 'retained') begin(next);
    }),
    hosts.onEvent((event) => {
      if (event.kind !== 'connected') return;
      for (const [key, job] of jobs) {
        if (job.host !== event.host || job.timer === undefined) continue;
        job.timer.cancel();
        void attempt(job.sessionId, job.host, key);
      }
    }),
  ];

  return {
    start() {
      for (const session of retained()) begin(session);
    },
    async evict(count, home) {
      const resting = retained();
      const offers = hosts
        .list()
        .filter(({ name, state }) => state === 'connected' && (home === undefined || name === home))
        .map((host) =>
          sessionsToEvict(resting, host.name, count - freeNodes({ host, placed: directory.placed(host.name) })),
        )
        .filter((offer) => offer !== undefined && offer.length > 0)
        .sort((a, b) => (a?.length ?? 0) - (b?.length ?? 0));
      const chosen = offers[0];
      if (chosen === undefined) return false;
      logger.info({ sessions: chosen.map(({ id }) => id), count }, 'retentions ended early: their room is wanted');
      await Promise.all(
        chosen.map(async ({ id }) => {
          await endNow(id);
          await reaper.waitFor(id, ROOM_PATIENCE_MS);
        }),
      );
      return true;
    },
    stop() {
      stopped = true;
      for (const job of jobs.values()) job.timer?.cancel();
      for (const stop of stopListening) stop();
    },
  };
}
