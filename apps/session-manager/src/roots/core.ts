/** What all roots of a manager are given. */
import {
  type CleanupStack,
  type Clock,
  createCleanupStack,
  type Logger,
  type ProcessWatch,
} from '@drydock/service-kit';
import { createMetrics, type Metrics } from '../edge/base/metrics.ts';
import { createOrigins, type Origins } from '../edge/base/origins.ts';
import { createEventBus, type EventBus } from '../model/manager-events.ts';
import type { ManagerSettings } from '../settings.ts';
import type { Store } from '../store/store.ts';

export interface Core {
  readonly settings: ManagerSettings;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How this process fares. */
  readonly watch: ProcessWatch;
  /** Who acquires registers the release here. */
  readonly cleanup: CleanupStack;
  readonly events: EventBus;
  readonly base: {
    readonly metrics: Metrics;
    readonly origins: Origins;
    /** Where the listener is; its port is known when it listens. */
    readonly address: { port: number };
  };
}

/** Builds it. */
export function createCore(
  settings: ManagerSettings,
  { store, clock, logger, watch }: { store: Store; clock: Clock; logger: Logger; watch: ProcessWatch },
): Core {
  const address = { port: settings.port };
  const origins = createOrigins({ ...settings, tls: settings.tls !== undefined, port: () => address.port });
  return {
    settings,
    store,
    clock,
    logger,
    watch,
    cleanup: createCleanupStack((name, error) => logger.error({ err: error, name }, 'cleanup failed')),
    events: createEventBus(),
    base: { metrics: createMetrics(), origins, address },
  };
}
