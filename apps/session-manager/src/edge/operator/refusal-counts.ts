/** What the networks of sessions refused, as metrics: in all by host and reason, and by session for those that are open. */
import { REFUSAL_REASONS, type Refusals } from '@drydock/protocol';
import { Counter } from 'prom-client';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { Metrics } from '../base/metrics.ts';

/** Sessions remembered, so that ended ones need no announcement; the one that was heard of longest ago goes first. */
const MAX_SESSIONS = 20_000;

export interface RefusalCountsDeps {
  hosts: Pick<HostRegistry, 'onEvent'>;
  metrics: Metrics;
  isOpen: (sessionId: string) => boolean;
}

/** Begins to count. */
export function countRefusals({ hosts, metrics, isOpen }: RefusalCountsDeps): {
  of(sessionId: string): Refusals;
  stop(): void;
} {
  const total = new Counter({
    name: 'drydock_refused_packets_total',
    help: 'Packets of nodes that the rules of their sessions refused, by reason.',
    labelNames: ['host', 'reason'],
    registers: [metrics.registry],
  });
  const bySession = new Map<string, Refusals>();

  metrics.gauge(
    'drydock_session_refused_packets',
    'The same of each open session that has had any.',
    ['session', 'reason'],
    function* () {
      for (const [session, refused] of bySession) {
        if (!isOpen(session)) continue;
        for (const [reason, packets] of Object.entries(refused)) yield [{ session, reason }, packets];
      }
    },
  );

  const stop = hosts.onEvent((event) => {
    if (event.kind !== 'refusals') return;
    const { host, sessionId, refused } = event;
    const before = bySession.get(sessionId);
    for (const reason of REFUSAL_REASONS) {
      const [now = 0, then = 0] = [refused[reason], before?.[reason]];
      // Less than before: the session's network was made anew.
      const more = now >= then ? now - then : now;
      if (more > 0) total.inc({ host, reason }, more);
    }
    bySession.delete(sessionId);
    bySession.set(sessionId, refused);
    const [oldest] = bySession.keys();
    if (bySession.size > MAX_SESSIONS && oldest !== undefined) bySession.delete(oldest);
  });
  return { of: (sessionId) => bySession.get(sessionId) ?? {}, stop };
}
