/** Looks at every node in turn: does it live, what does it use? */
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { Runtime } from '../runtime/runtime.ts';
import type { NodeEntry, NodeTable } from './node-table.ts';

/** Time between two looks (ms): how long a dead node may look alive. A look costs a few small reads of /proc and /sys a node. */
const LOOK_MS = 2000;
/** Usage is told in every so many looks. */
const LOOKS_A_REPORT = 2;

export interface NodeWatchDeps {
  runtime: Runtime;
  table: NodeTable;
  clock: Clock;
  logger: Logger;
  onLost: (entry: NodeEntry) => void;
}

/** Builds the watch; it begins with start(). */
export function createNodeWatch(deps: NodeWatchDeps): { start(): void; stop(): void } {
  const { runtime, table, clock, logger } = deps;
  let timer: Timer | undefined;
  let stopped = false;
  let looks = 0;

  async function look(entry: NodeEntry): Promise<void> {
    if (entry.state !== 'running') return;
    const presence = await runtime.probe(entry);
    if (presence.state !== 'running' || presence.node.id !== entry.handle?.id) {
      deps.onLost(entry);
    } else if (looks % LOOKS_A_REPORT === 0) {
      const usage = await runtime.usage(entry);
      // The node may have begun to go while it was measured.
      if ((entry.state as string) === 'running') table.observe(entry, { usage });
    }
  }

  async function lookAtAll(): Promise<void> {
    looks += 1;
    for (const entry of table.all()) {
      const { sessionId, name } = entry;
      await look(entry).catch((err: unknown) => logger.debug({ err, sessionId, node: name }, 'node not measured'));
    }
    arm();
  }

  function arm(): void {
    if (!stopped) timer = clock.after(LOOK_MS, () => void lookAtAll());
  }

  return {
    start: arm,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
