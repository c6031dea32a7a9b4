/** What sessions have sent to the outside and received from there, over all of their hosts, in all and of late. */
import type { SessionId, Traffic } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import { createHostCounts, MAX_COUNTED_SESSIONS } from './host-counts.ts';

type Direction = 'sent' | 'received';

export interface TrafficMeter {
  /** A host that is not connected adds nothing to what is a second of late. */
  of(sessionId: SessionId): Traffic;
  stop(): void;
}

export interface TrafficMeterDeps {
  hosts: Pick<HostRegistry, 'onEvent' | 'isConnected'>;
  /** When an open session was created (ms since the epoch). */
  createdAt(sessionId: SessionId): number | undefined;
  /** Hears of bytes that went while this manager ran, each once. */
  onBytes(host: string, direction: Direction, bytes: number): void;
  clock: Clock;
}

/** Begins to listen. */
export function createTrafficMeter({ hosts, createdAt, onBytes, clock }: TrafficMeterDeps): TrafficMeter {
  const startedAt = clock.now();
  const counts = createHostCounts<Direction>((sessionId) => createdAt(sessionId) !== undefined);
  /** What each host said last of a session. */
  const last = new Map<SessionId, Map<string, Traffic>>();

  function take(host: string, sessionId: SessionId, traffic: Traffic): void {
    const byHost = last.get(sessionId) ?? new Map<string, Traffic>();
    const created = createdAt(sessionId);
    // What a session had before this manager began is in its sum, and no news: a rate made of it would show a flood at each start.
    const isNews = byHost.has(host) || (created !== undefined && created >= startedAt);
    const more = counts.take(host, sessionId, { sent: traffic.sentBytes, received: traffic.receivedBytes });
    for (const direction of ['sent', 'received'] as const) {
      const bytes = more[direction];
      if (isNews && bytes !== undefined) onBytes(host, direction, bytes);
    }
    byHost.set(host, traffic);
    last.delete(sessionId);
    if (created !== undefined) last.set(sessionId, byHost);
    const [oldest] = last.keys();
    if (last.size > MAX_COUNTED_SESSIONS && oldest !== undefined) last.delete(oldest);
  }

  const stop = hosts.onEvent((event) => {
    if (event.kind === 'traffic') take(event.host, event.sessionId, event.traffic);
  });

  return {
    of(sessionId) {
      const { sent = 0, received = 0 } = counts.of(sessionId);
      const sum: Traffic = { sentBytes: sent, receivedBytes: received, sentPerSecond: 0, receivedPerSecond: 0 };
      for (const [host, { sentPerSecond, receivedPerSecond }] of last.get(sessionId) ?? []) {
        if (!hosts.isConnected(host)) continue;
        sum.sentPerSecond += sentPerSecond;
        sum.receivedPerSecond += receivedPerSecond;
      }
      return sum;
    },
    stop,
  };
}
