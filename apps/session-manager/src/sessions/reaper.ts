/** Destroys what ended sessions left on hosts, again and again until it is gone; restarts of anything only delay it. */
import { type SessionId, toDrydockError } from '@drydock/protocol';
import { type Backoff, type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import { clearHost, type SessionRecord } from '../model/session.ts';
import { type AgentCommands, DESTROY_TIMEOUT_MS } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from './session-directory.ts';

/** Between two attempts at one session on one host (ms). */
const RETRY = { minMs: 500, maxMs: 30_000 };
/**
 * A host that stays away is given up after this long (ms): when it is back, its agent hears that the session is none of its own
 * and destroys what it has.
 */
const GIVE_UP_MS = 24 * 60 * 60 * 1000;

/** Stands for the host of a session without nodes, which only has to be marked as closed. */
const NO_HOST = '';

export interface Reaper {
  start(): void;
  /** Resolves when the session has left every host, or after `ms`; true when it has. */
  waitFor(sessionId: SessionId, ms: number): Promise<boolean>;
  stop(): void;
}

interface Job {
  sessionId: SessionId;
  host: string;
  backoff: Backoff;
  timer: Timer | undefined;
}

/** Builds the reaper; it follows the directory and the hosts. */
export function createReaper(deps: {
  directory: SessionDirectory;
  hosts: HostRegistry;
  commands: AgentCommands;
  clock: Clock;
  logger: Logger;
}): Reaper {
  const { directory, hosts, commands, clock, logger } = deps;
  /** `session/host` of each destruction under way or waiting for its next attempt. */
  const jobs = new Map<string, Job>();
  const waiters = new Map<string, Set<() => void>>();
  let stopped = false;

  function sweep(session: SessionRecord): void {
    if (session.state !== 'closing') return;
    const left = new Set(session.nodes.map(({ host }) => host));
    for (const host of left.size === 0 ? [NO_HOST] : left) {
      const key = `${session.id}/${host}`;
      if (jobs.has(key)) continue;
      jobs.set(key, { sessionId: session.id, host, backoff: createBackoff(RETRY), timer: undefined });
      void attempt(session.id, host, key);
    }
  }

  async function clear(sessionId: SessionId, host: string | undefined): Promise<void> {
    try {
      await directory.update(sessionId, (session) => clearHost(session, host));
    } catch (error) {
      if (toDrydockError(error).code === 'SESSION_NOT_FOUND') return;
      throw error;
    }
  }

  async function attempt(sessionId: SessionId, host: string, key: string): Promise<void> {
    const job = jobs.get(key);
    if (job === undefined || stopped) return;
    job.timer = undefined;
    try {
      const session = directory.get(sessionId);
      const endedAt = session === undefined || session.state === 'active' ? clock.now() : session.endedAt;
      const overdue = clock.now() - endedAt > GIVE_UP_MS;
      if (host !== NO_HOST && (!overdue || hosts.isConnected(host))) {
        await commands.send(host, 'session.destroy', { sessionId }, DESTROY_TIMEOUT_MS);
      }
      await clear(sessionId, host);
      jobs.delete(key);
      logger.info({ sessionId, host }, 'session destroyed on host');
    } catch (error) {
      const { code } = toDrydockError(error);
      if (code !== 'HOST_UNAVAILABLE') logger.warn({ err: error, sessionId, host }, 'session not destroyed yet');
      job.timer = clock.after(job.backoff.next(), () => void attempt(sessionId, host, key));
    }
  }

  const stopListening = [
    directory.onChange(({ next }) => {
      if (next.state === 'closing') sweep(next);
      if (next.state !== 'closed') return;
      for (const done of waiters.get(next.id) ?? []) done();
      waiters.delete(next.id);
    }),
    hosts.onEvent((event) => {
      if (event.kind !== 'connected') return;
      for (const [key, job] of jobs) {
        if (job.host !== event.host || job.timer === undefined) continue;
        job.timer.cancel();
        job.timer = undefined;
        void attempt(job.sessionId, job.host, key);
      }
    }),
  ];

  return {
    start() {
      for (const session of directory.all()) sweep(session);
    },
    waitFor(sessionId, ms) {
      if (directory.get(sessionId) === undefined) return Promise.resolve(true);
      return new Promise((resolve) => {
        const set = waiters.get(sessionId) ?? new Set();
        waiters.set(sessionId, set);
        const finish = (gone: boolean) => {
          timer.cancel();
          set.delete(done);
          resolve(gone);
        };
        const done = () => finish(true);
        const timer = clock.after(ms, () => finish(false));
        set.add(done);
      });
    },
    stop() {
      stopped = true;
      for (const job of jobs.values()) job.timer?.cancel();
      for (const stop of stopListening) stop();
    },
  };
}
