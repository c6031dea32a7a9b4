/** What the agent tells its manager of the host itself: once in the hello, and again as the disk fills. */
import type { Capacity, HostFeatures } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { capacityOf, type HostResources, memoryReserve, readResources } from './capacity.ts';
import { poolSize } from './pool-size.ts';

/** What is counted now. */
export interface HostCounts {
  /** Nodes of sessions. */
  nodes: number;
  /** Booted nodes that belong to nobody. */
  pool: number;
  /** Nodes that could not be removed. */
  remains: number;
  /** Losses of the terminal host. */
  terminalBreaks: number;
}

export interface HostReport {
  describe(): Promise<{ features: HostFeatures; capacity: Capacity }>;
  /** How many booted nodes this host should hold for nobody, beside those of sessions. */
  poolSize(now: { members: number; demand: number }): Promise<number>;
  /** The pool has changed: the capacity is told soon. */
  poolChanged(): void;
  /** Says where what is counted can be read; until then all of it counts as nothing. */
  countBy(counts: () => HostCounts): void;
  /** Measures the capacity every minute from now on. */
  start(): void;
  stop(): void;
}

export interface HostReportDeps {
  env: AgentEnv;
  runtime: Pick<Runtime, 'diskBytes'>;
  features: () => Promise<HostFeatures>;
  onCapacity: (capacity: Capacity) => void;
  clock: Clock;
  logger: Logger;
}

const MEASURE_MS = 60_000;
/** A template takes several nodes of the pool at once: one report for all (ms). */
const SETTLE_MS = 100;

/** Builds the report. */
export function createHostReport(deps: HostReportDeps): HostReport {
  const { env, runtime, onCapacity, clock, logger } = deps;
  let counts = (): HostCounts => ({ nodes: 0, pool: 0, remains: 0, terminalBreaks: 0 });
  let timer: Timer | undefined;
  let settle: Timer | undefined;

  const resources = async () => readResources(env.stateDir, await runtime.diskBytes());

  function capacityNow(found: HostResources): Capacity {
    const { nodeLimits: limits, overcommit, maxNodes } = env;
    const { pool, remains, terminalBreaks } = counts();
    return capacityOf(found, { limits, overcommit, maxNodes, pool, remains, terminalBreaks });
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
      return { features: await deps.features(), capacity: capacityNow(await resources()) };
    },
    async poolSize({ members, demand }) {
      const found = await resources();
      const { memoryBytes, availableBytes } = found;
      const memory = { totalBytes: memoryBytes, availableBytes, reserveBytes: memoryReserve(memoryBytes) };
      const { maxNodes } = capacityNow(found);
      return poolSize({ fixed: env.poolSize, memory, members, nodes: counts().nodes, demand, maxNodes });
    },
    poolChanged() {
      settle ??= clock.after(SETTLE_MS, () => {
        settle = undefined;
        void tell();
      });
    },
    countBy(now) {
      counts = now;
    },
    start: arm,
    stop() {
      timer?.cancel();
      settle?.cancel();
    },
  };
}
