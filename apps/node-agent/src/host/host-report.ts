/** What the agent tells its manager of the host itself: once in the hello, and again as the disk fills. */
import type { Capacity, HostFeatures, ProcessHealth } from '@drydock/protocol';
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
  /** The pool or the health of a process has changed: it is told soon. */
  changed(): void;
  /** Says where what is counted can be read; until then all of it counts as nothing. */
  countBy(counts: () => HostCounts): void;
  /** Says where it can be read how the processes of this host fare. */
  healthBy(health: () => Promise<ProcessHealth[]>): void;
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
  let health = async (): Promise<ProcessHealth[]> => [];
  let timer: Timer | undefined;
  let settle: Timer | undefined;

  const resources = async () => readResources(env.stateDir, await runtime.diskBytes());

  function capacityNow(found: HostResources): Capacity {
    const { nodeLimits: limits, overcommit, maxNodes } = env;
    const { pool, remains, terminalBreaks } = counts();
    return capacityOf(found, { limits, overcommit, maxNodes, pool, remains, terminalBreaks });
  }

  /** What is told: the capacity, and how the processes fare. */
  async function told(): Promise<Capacity> {
    const [found, processes] = await Promise.all([resources(), health()]);
    return { ...capacityNow(found), processes };
  }

  async function tell(): Promise<void> {
    await told()
      .then(onCapacity)
      .catch((err: unknown) => logger.warn({ err }, 'capacity not measured'));
  }

  function arm(): void {
    timer = clock.after(MEASURE_MS, () => void tell().finally(arm));
  }

  return {
    async describe() {
      return { features: await deps.features(), capacity: await told() };
    },
    async poolSize({ members, demand }) {
      const found = await resources();
      const { memoryBytes, availableBytes } = found;
      const memory = { totalBytes: memoryBytes, availableBytes, reserveBytes: memoryReserve(memoryBytes) };
      const { maxNodes } = capacityNow(found);
      return poolSize({ fixed: env.poolSize, memory, members, nodes: counts().nodes, demand, maxNodes });
    },
    changed() {
      settle ??= clock.after(SETTLE_MS, () => {
        settle = undefined;
        void tell();
      });
    },
    countBy(now) {
      counts = now;
    },
    healthBy(now) {
      health = now;
    },
    start: arm,
    stop() {
      timer?.cancel();
      settle?.cancel();
    },
  };
}
