/** What the networks of sessions refused, as metrics: in all by host and reason, and by session for those that are open. */
import type { REFUSAL_REASONS, Refusals, SessionId } from '@drydock/protocol';
import { Counter } from 'prom-client';
import { createHostCounts } from '../../operator/host-counts.ts';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { Metrics } from '../base/metrics.ts';

export interface RefusalCountsDeps {
  hosts: Pick<HostRegistry, 'onEvent'>;
  metrics: Metrics;
  isOpen: (sessionId: SessionId) => boolean;
}

/** Begins to count. */
export function countRefusals({ hosts, metrics, isOpen }: RefusalCountsDeps): {
  of(sessionId: SessionId): Refusals;
  stop(): void;
} {
  const total = new Counter({
    name: 'drydock_refused_packets_total',
    help: 'Packets of nodes that the rules of their sessions refused, by reason.',
    labelNames: ['host', 'reason'],
    registers: [metrics.registry],
  });
  const counts = createHostCounts<(typeof REFUSAL_REASONS)[number]>(isOpen);

  metrics.gauge(
    'drydock_session_refused_packets',
    'The same of each open session that has had any.',
    ['session', 'reason'],
    function* () {
      for (const [session, refused] of counts.all()) {
        for (const [reason, packets] of Object.entries(refused)) yield [{ session, reason }, packets];
      }
    },
  );

  const stop = hosts.onEvent((event) => {
    if (event.kind !== 'refusals') return;
    const { host, sessionId, refused } = event;
    for (const [reason, more] of Object.entries(counts.take(host, sessionId, refused)))
      total.inc({ host, reason }, more);
  });
  return { of: counts.of, stop };
}
