/** What the agent tells its manager of the host itself: once in the hello, and again as the disk fills. */
import { readFile } from 'node:fs/promises';
import type { Capabilities, Capacity } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import { nodeRlimits } from '../runtime/node-rights.ts';
import { BYTES_PER_INODE } from '../runtime/runc/node-disk.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { probeCapabilities } from './capabilities.ts';
import { capacityOf, type HostResources, memoryReserve, readResources } from './capacity.ts';
import { poolSize } from './pool-size.ts';

export interface HostReport {
  /** What cannot change is tried out at the first call. */
  describe(): Promise<{ capabilities: Capabilities; capacity: Capacity }>;
  /** How many booted nodes this host should hold for nobody, beside `nodes` of sessions. */
  poolSize(now: { members: number; nodes: number; demand: number }): Promise<number>;
  /** The pool has changed: the capacity is told soon. */
  poolChanged(): void;
  /** Measures the capacity every minute from now on. */
  start(): void;
  stop(): void;
}

export interface HostReportDeps {
  env: AgentEnv;
  runtime: Runtime;
  hasOwnFigures: () => boolean;
  /** Booted nodes that belong to nobody now, nodes that could not be removed, and losses of the terminal host. */
  counts: () => { pool: number; remains: number; terminalBreaks: number };
  onCapacity: (capacity: Capacity) => void;
  clock: Clock;
  logger: Logger;
}

const MEASURE_MS = 60_000;
/** A template takes several nodes of the pool at once: one report for all (ms). */
const SETTLE_MS = 100;

/** What a process of a node really may hold open: a host that is itself confined cannot give what is set. */
async function openFiles(wanted: number): Promise<number> {
  const own = (name: string) => readFile(`/proc/self/${name}`, 'utf8');
  const rlimits = nodeRlimits(await own('status'), await own('limits'), wanted);
  return rlimits.find(({ name }) => name === 'nofile')?.soft ?? wanted;
}

/** Builds the report. */
export function createHostReport(deps: HostReportDeps): HostReport {
  const { env, runtime, hasOwnFigures, counts, onCapacity, clock, logger } = deps;
  let capabilities: ReturnType<typeof probeCapabilities> | undefined;
  let timer: Timer | undefined;

  let settle: Timer | undefined;

  const resources = async () => readResources(env.stateDir, await runtime.diskBytes());

  function capacityNow(found: HostResources): Capacity {
    const { nodeLimits: limits, overcommit, maxNodes } = env;
    return capacityOf(found, { limits, overcommit, maxNodes, ...counts() });
  }

  async function tell(): Promise<void> {
    await resources()
      .then((found) => onCapacity(capacityNow(found)))
      .catch((err: unknown) => logger.warn({ err }, 'capacity not measured'));
  }

  function arm(): void {
    timer = clock.after(MEASURE_MS, () => void tell().finally(arm));
  }

  return {
    async describe() {
      capabilities ??= probeCapabilities(env);
      const figures = hasOwnFigures() ? 'node' : 'host';
      const { connections, connectionsPerSecond, bandwidth } = env.traffic;
      const bounds = {
        ...{ bytesPerInode: BYTES_PER_INODE, files: await openFiles(env.nodeFiles) },
        ...{ connections, connectionsPerSecond, bitsPerSecond: bandwidth },
      };
      return {
        capabilities: { ...(await capabilities), figures, bounds },
        capacity: capacityNow(await resources()),
      };
    },
    async poolSize({ members, nodes, demand }) {
      const found = await resources();
      const { memoryBytes, availableBytes } = found;
      const memory = { totalBytes: memoryBytes, availableBytes, reserveBytes: memoryReserve(memoryBytes) };
      return poolSize({ fixed: env.poolSize, memory, members, nodes, demand, maxNodes: capacityNow(found).maxNodes });
    },
    poolChanged() {
      settle ??= clock.after(SETTLE_MS, () => {
        settle = undefined;
        void tell();
      });
    },
    start: arm,
    stop() {
      timer?.cancel();
      settle?.cancel();
    },
  };
}
