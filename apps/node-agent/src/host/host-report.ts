/** What the agent tells its manager of the host itself: once in the hello, and again as the disk fills. */
import type { Capabilities, Capacity } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { probeCapabilities } from './capabilities.ts';
import { capacityOf, readResources } from './capacity.ts';

export interface HostReport {
  /** What cannot change is tried out at the first call. */
  describe(): Promise<{ capabilities: Capabilities; capacity: Capacity }>;
  /** Measures the capacity every minute from now on. */
  start(): void;
  stop(): void;
}

export interface HostReportDeps {
  env: AgentEnv;
  runtime: Runtime;
  hasOwnFigures: () => boolean;
  onCapacity: (capacity: Capacity) => void;
  clock: Clock;
  logger: Logger;
}

const MEASURE_MS = 60_000;

/** Builds the report. */
export function createHostReport({
  env,
  runtime,
  hasOwnFigures,
  onCapacity,
  clock,
  logger,
}: HostReportDeps): HostReport {
  let capabilities: ReturnType<typeof probeCapabilities> | undefined;
  let timer: Timer | undefined;

  async function capacity(): Promise<Capacity> {
    const resources = await readResources(env.stateDir, await runtime.diskBytes());
    return capacityOf(resources, { limits: env.nodeLimits, maxNodes: env.maxNodes, pool: 0 });
  }

  function arm(): void {
    timer = clock.after(MEASURE_MS, () => {
      capacity()
        .then(onCapacity)
        .catch((err: unknown) => logger.warn({ err }, 'capacity not measured'))
        .finally(arm);
    });
  }

  return {
    async describe() {
      capabilities ??= probeCapabilities(env);
      const figures = hasOwnFigures() ? 'node' : 'host';
      return { capabilities: { ...(await capabilities), figures }, capacity: await capacity() };
    },
    start: arm,
    stop: () => timer?.cancel(),
  };
}
