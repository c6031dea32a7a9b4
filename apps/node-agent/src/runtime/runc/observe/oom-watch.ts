/** Kills for want of memory in all nodes, by dd-oom: told when they happen, so that nobody has to look for them. */
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { createWatchProcess } from './watch-process.ts';

/** The kernel tells of the want and kills a moment later; a process that is killed is counted by then (ms). */
const COUNTED_MS = 100;
const MAX_LINE = 1024;

export interface OomWatch {
  /** Begins to watch a node by its memory cgroup. */
  add(id: string, memoryGroup: string): void;
  remove(id: string): void;
  close(): void;
}

export interface OomWatchDeps {
  nativeDir: string;
  logger: Logger;
  clock: Clock;
  /** The kernel has killed in this node, at least once since the last call. */
  onOom: (id: string) => void;
}

/** Builds the watch. */
export function createOomWatch({ onOom, ...deps }: OomWatchDeps): OomWatch {
  const due = new Map<string, Timer>();
  const { add, remove, close } = createWatchProcess({
    ...deps,
    program: 'dd-oom',
    maxLine: MAX_LINE,
    onLine(id) {
      // A memory bomb is killed many times a second, and told of once.
      if (due.has(id)) return;
      const tell = () => {
        due.delete(id);
        onOom(id);
      };
      due.set(id, deps.clock.after(COUNTED_MS, tell));
    },
  });
  const forget = (id: string) => {
    due.get(id)?.cancel();
    due.delete(id);
  };
  return {
    add,
    remove(id) {
      forget(id);
      remove(id);
    },
    close() {
      for (const id of due.keys()) forget(id);
      close();
    },
  };
}
