/** What could not be removed: tried again for ever, later each time, and counted until it is gone. */
import { type Backoff, type Clock, createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import type { NodeKey } from '../runtime/runtime.ts';

/** Between two tries (ms). A try may walk many thousand groups, so it must not be all that the agent does. */
const RETRY = { minMs: 2000, maxMs: 5 * 60_000 };

export interface Remains {
  /** Something of that node is left, and `remove` is to be tried again; it rejects as long as anything is. */
  add(key: NodeKey, remove: () => Promise<void>): void;
  /** It was removed by somebody else. */
  settle(key: NodeKey): void;
  /** Nodes of which something is left. */
  count(): number;
  /** Tries all of them now. @throws the first failure. */
  removeAll(): Promise<void>;
  /** Ends the tries; what is left is the next agent's. */
  close(): void;
}

interface Job {
  key: NodeKey;
  remove: () => Promise<void>;
  backoff: Backoff;
  timer: Timer | undefined;
}

/** Builds it, empty. */
export function createRemains({ clock, logger }: { clock: Clock; logger: Logger }): Remains {
  const jobs = new Map<string, Job>();
  const id = ({ sessionId, name }: NodeKey) => `${sessionId}/${name}`;

  function settle(key: NodeKey): void {
    jobs.get(id(key))?.timer?.cancel();
    jobs.delete(id(key));
  }

  function arm(key: NodeKey, job: Job): void {
    job.timer = clock.after(job.backoff.next(), () => void attempt(key, job).catch(() => undefined));
  }

  async function attempt(key: NodeKey, job: Job): Promise<void> {
    try {
      await job.remove();
    } catch (err) {
      logger.error({ err, sessionId: key.sessionId, node: key.name }, 'remains of a node are left');
      if (jobs.get(id(key)) === job) arm(key, job);
      throw err;
    }
    if (jobs.get(id(key)) === job) settle(key);
    logger.info({ sessionId: key.sessionId, node: key.name }, 'remains of a node are gone');
  }

  return {
    add(key, remove) {
      if (jobs.has(id(key))) return;
      const job: Job = { key, remove, backoff: createBackoff(RETRY), timer: undefined };
      jobs.set(id(key), job);
      arm(key, job);
    },
    settle,
    count: () => jobs.size,
    async removeAll() {
      const all = [...jobs.values()].map((job) => {
        job.timer?.cancel();
        return attempt(job.key, job);
      });
      for (const result of await Promise.allSettled(all)) if (result.status === 'rejected') throw result.reason;
    },
    close() {
      for (const job of jobs.values()) job.timer?.cancel();
      jobs.clear();
    },
  };
}
