/** What this host does so that no session takes the host away from the others: the two watches, over the agent's own nodes. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentFact, DISK_SHORT_REASON, type SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { NodeService } from '../nodes/node-service.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createDiskWatch, type SessionDisk } from './disk-watch.ts';
import type { FreezeHolds } from './freeze-holds.ts';
import { createFrozenRecord } from './frozen-record.ts';
import type { KernelTotals } from './kernel-totals.ts';
import { createKernelWatch, MAX_SESSION_GROUPS } from './kernel-watch.ts';

export interface HostFloorDeps {
  stateDir: string;
  diskFloorBytes: number;
  /** What the host's kernel holds in all. */
  totals(): Promise<KernelTotals>;
  runtime: Pick<Runtime, 'kernelHoldings' | 'diskBytesOf'>;
  nodes: Pick<NodeService, 'list'>;
  holds: FreezeHolds;
  tell(fact: Extract<AgentFact, { kind: 'floor' }>): void;
  /** Time and log. */
  base: { clock: Clock; logger: Logger };
}

/** Builds it; it begins with start(). */
export function createHostFloor(deps: HostFloorDeps): { start(): void; stop(): void } {
  const { stateDir, diskFloorBytes, runtime, nodes, holds, tell, base } = deps;

  /** Nodes by their sessions. */
  function sessions(): Map<SessionId, string[]> {
    const found = new Map<SessionId, string[]>();
    for (const { sessionId, name, state } of nodes.list()) {
      if (state === 'running') found.set(sessionId, [...(found.get(sessionId) ?? []), name]);
    }
    return found;
  }

  async function usage(): Promise<SessionDisk[]> {
    const disks: SessionDisk[] = [];
    for (const [sessionId, names] of sessions()) {
      let bytes = 0;
      for (const name of names) bytes += await runtime.diskBytesOf({ sessionId, name });
      disks.push({ sessionId, bytes });
    }
    return disks;
  }

  const kernel = createKernelWatch({
    ...base,
    totals: deps.totals,
    sessions,
    census: (sessionId, name) => runtime.kernelHoldings({ sessionId, name }, MAX_SESSION_GROUPS + 1),
    onOveruse(sessionId, reason) {
      // Stopped at once: its end is the manager's to write down, and that may be away.
      holds
        .set(sessionId, 'kernel', true)
        .catch((err: unknown) => base.logger.error({ err, sessionId }, 'session not frozen'));
      tell({ kind: 'floor', sessionId, action: 'end', reason });
    },
  });

  const disk = createDiskWatch({
    ...base,
    floorBytes: diskFloorBytes,
    async freeBytes() {
      const { bavail, bsize } = await statfs(join(stateDir, 'nodes'));
      return bavail * bsize;
    },
    usage,
    async setFrozen(sessionId, frozen) {
      await holds.set(sessionId, 'disk', frozen);
      tell({ kind: 'floor', sessionId, action: frozen ? 'freeze' : 'thaw', reason: DISK_SHORT_REASON });
    },
    record: createFrozenRecord(join(stateDir, 'frozen.json')),
  });

  return {
    start() {
      kernel.start();
      disk.start();
    },
    stop() {
      kernel.stop();
      disk.stop();
    },
  };
}
