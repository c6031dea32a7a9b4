/** What operators and rules have done, as gauges: so that an alert can say what was forgotten. */
import { DISK_SHORT_REASON } from '@drydock/protocol';
import { frozenOf, type SessionRecord } from '../../model/session.ts';
import type { Orders } from '../../operator/orders.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Metrics } from '../base/metrics.ts';

/** Adds them. */
export function addOperatorGauges(deps: {
  metrics: Pick<Metrics, 'gauge'>;
  directory: Pick<SessionDirectory, 'all'>;
  orders: Pick<Orders, 'blocks' | 'startsStop'>;
}): void {
  const { metrics, directory, orders } = deps;
  const active = (has: (session: SessionRecord) => boolean) =>
    [...directory.all()].filter((session) => session.state === 'active' && has(session)).length;
  metrics.gauge('drydock_flagged_sessions', 'Sessions that a rule has flagged.', [], () => [
    [{}, active(({ flag }) => flag !== undefined)],
  ]);
  metrics.gauge('drydock_frozen_sessions', 'Sessions whose nodes an operator or a rule has frozen.', [], () => [
    [{}, active((session) => frozenOf(session) !== undefined)],
  ]);
  metrics.gauge('drydock_disk_short_sessions', 'Sessions that a host has frozen for want of disk.', [], () => [
    [{}, active((session) => frozenOf(session)?.reason === DISK_SHORT_REASON)],
  ]);
  metrics.gauge('drydock_blocks', 'Addresses, networks and persons that are blocked.', [], () => [
    [{}, orders.blocks().length],
  ]);
  metrics.gauge('drydock_starts_stopped', 'Whether the operator lets no new sessions start.', [], () => [
    [{}, orders.startsStop() === undefined ? 0 : 1],
  ]);
}
