/** Puts the operator's part of a manager together: orders, interventions, views, the processor rule, and the calls for all of it. */
import type { SessionId } from '@drydock/protocol';
import { type Clock, createCleanupStack, type Logger } from '@drydock/service-kit';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostBook } from '../scheduling/host-book.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { OperatorStore } from '../store/operator/operator-store.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { type CpuRule, watchCpu } from './cpu-rule.ts';
import { obeyHostFloor } from './host-floor.ts';
import { createInterventions } from './interventions.ts';
import { createLoadHistory } from './load-history.ts';
import { type OperatorCallsDeps, type OperatorRoute, operatorCalls } from './operator-calls.ts';
import { createOperatorViews, type OperatorViews } from './operator-views.ts';
import type { Orders } from './orders.ts';
import { createUsageMeter } from './usage-meter.ts';

export interface OperatorPart {
  calls: readonly OperatorRoute[];
  views: OperatorViews;
  trail: AuditTrail;
  stop(): void;
}

export interface OperatorPartDeps {
  store: OperatorStore;
  sessions: { directory: SessionDirectory; service: SessionService };
  hosts: {
    registry: HostRegistry;
    commands: AgentCommands;
    book: HostBook;
    /** Ends the connection of a host that was removed. */
    drop(host: string): void;
  };
  orders: Orders;
  cpuRule: CpuRule;
  /** What other parts of the manager see, for an operator to look at. */
  seen: Pick<Parameters<typeof createOperatorViews>[0], 'traffic' | 'refusals'> &
    Pick<OperatorCallsDeps['seen'], 'status' | 'newLink'> & { waiting(): Promise<number> };
  base: { clock: Clock; logger: Logger };
}

/** Builds it, and begins to measure and to look. */
export function createOperatorPart(deps: OperatorPartDeps): OperatorPart {
  const { store, orders, cpuRule, seen } = deps;
  const { directory, service } = deps.sessions;
  const { registry: hosts, commands, book, drop } = deps.hosts;
  const { clock, logger } = deps.base;
  const cleanup = createCleanupStack((name, error) => logger.error({ err: error, name }, 'cleanup failed'));
  const trail = createAuditTrail({ store, clock, logger });
  const isOpen = (sessionId: SessionId) => directory.get(sessionId) !== undefined;
  const meter = createUsageMeter({ hosts, isOpen, clock, minutes: cpuRule.minutes });
  cleanup.add('meter', () => meter.stop());
  const interventions = createInterventions({ directory, service, hosts, commands, trail, clock, logger });
  cleanup.add('interventions', () => interventions.stop());
  cleanup.add('floors of hosts', obeyHostFloor({ hosts, directory, interventions, clock, logger }));
  const views = createOperatorViews({ directory, hosts, meter, traffic: seen.traffic, refusals: seen.refusals });
  const load = createLoadHistory({
    clock,
    async sample() {
      const sessions = views.sessions().filter(({ state }) => state === 'active');
      return {
        sessions: sessions.length,
        nodes: sessions.reduce((sum, { nodes }) => sum + nodes.length, 0),
        cpus: sessions.reduce((sum, { cpus }) => sum + cpus, 0),
        queue: await seen.waiting().catch(() => 0),
      };
    },
  });
  cleanup.add('load', () => load.stop());
  cleanup.add('processor rule', watchCpu({ rule: cpuRule, meter, directory, interventions, clock, logger }));
  const calls = operatorCalls({
    sessions: { directory, views, interventions },
    hosts: { book, drop },
    seen: { status: seen.status, newLink: seen.newLink, load },
    orders,
    trail,
    clock,
  });
  return { calls, views, trail, stop: () => void cleanup.run() };
}
