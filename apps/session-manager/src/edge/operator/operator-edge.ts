/** Puts the operator's part of a manager together with its edge: the page's sign-in, the status, the gauges. */

import { createOperatorPart, type OperatorPart, type OperatorPartDeps } from '../../operator/operator.ts';
import { createTrafficMeter } from '../../operator/traffic-meter.ts';
import type { Admission } from '../../scheduling/admission.ts';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { Store } from '../../store/store.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Origins } from '../base/origins.ts';
import { addOperatorGauges } from './operator-gauges.ts';
import { createOperatorSignIn, LINK_MINUTES, type OperatorSignIn } from './operator-sign-in.ts';
import { createOperatorStatus } from './operator-status.ts';
import { countRefusals } from './refusal-counts.ts';

export interface OperatorEdgeDeps extends Omit<OperatorPartDeps, 'store' | 'seen'> {
  store: Pick<Store, 'tickets' | 'operator'>;
  /** The manager's own edge. */
  door: {
    admission: Pick<Admission, 'capacity' | 'waiting'>;
    metrics: Metrics;
    origins: Origins;
    /** Tries of links by address. */
    tries: RateLimit;
    secret: string;
    version: string;
    sockets(): number;
  };
}

export interface OperatorEdge extends Pick<OperatorPart, 'calls' | 'stop'> {
  signIn: OperatorSignIn;
}

/** Builds it, and begins to measure, to count and to look. */
export function createOperatorEdge(deps: OperatorEdgeDeps): OperatorEdge {
  const { store, sessions, orders } = deps;
  const { directory } = sessions;
  const { registry: hosts, book } = deps.hosts;
  const { admission, metrics, origins, tries, secret, version, sockets } = deps.door;
  const { clock, logger } = deps.base;
  const signIn = createOperatorSignIn({ tickets: store.tickets, origins, tries, secret, clock, logger });
  const refusals = countRefusals({ hosts, metrics, isOpen: (id) => directory.get(id) !== undefined });
  const traffic = createTrafficMeter({
    hosts,
    createdAt: (id) => directory.get(id)?.createdAt,
    onBytes: (host, direction, bytes) => metrics.networkBytes.inc({ host, direction }, bytes),
    clock,
  });
  addOperatorGauges({ metrics, directory, orders });
  const part = createOperatorPart({
    ...{ sessions, hosts: deps.hosts, orders, cpuRule: deps.cpuRule, base: deps.base },
    store: store.operator,
    seen: {
      ...{ refusals: refusals.of, traffic: traffic.of, waiting: admission.waiting },
      status: createOperatorStatus({
        version,
        directory,
        hosts: { registry: hosts, book },
        metrics,
        admission,
        sockets,
      }),
      newLink: async () => ({ url: await signIn.newLink(), minutes: LINK_MINUTES }),
    },
  });
  return {
    signIn,
    calls: part.calls,
    stop() {
      part.stop();
      refusals.stop();
      traffic.stop();
    },
  };
}
