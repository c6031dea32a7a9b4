/** Sessions and their nodes: what is kept of them, who gets room, and how they end. */
import { createNodeService } from '../nodes/node-service.ts';
import { createReconciler } from '../nodes/reconcile.ts';
import { sendNetworks } from '../nodes/session-networks.ts';
import { createAddressShares } from '../scheduling/address-shares.ts';
import { createAdmission } from '../scheduling/admission.ts';
import { createRoom } from '../scheduling/room.ts';
import { createExpiry } from '../sessions/expiry.ts';
import { createReaper } from '../sessions/reaper.ts';
import { createRetention } from '../sessions/retention.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { createSessionEnds } from '../sessions/session-ends.ts';
import { createSessionService } from '../sessions/session-service.ts';
import { createWarnings } from '../sessions/warnings.ts';
import type { Core } from './core.ts';
import type { Hosts } from './hosts.ts';

const MINUTE_MS = 60_000;

export type Sessions = ReturnType<typeof createSessions>;

/** Builds them; `start` goes on with what was under way, after the directory has learned it. */
export function createSessions(
  { settings, store, clock, logger, cleanup, events }: Core,
  hosts: Hosts,
  directory: SessionDirectory,
) {
  const { registry, connections: commands, presence } = hosts;
  const { maxNodes, maxSessions, managerSecret: secret } = settings;
  const idleMs = settings.idleMinutes * MINUTE_MS;

  const admission = createAdmission({
    hosts: registry,
    placed: directory.placed,
    maySessionsGrow: () => directory.count() < maxSessions,
    line: store.line,
    nextEnds: () => [...directory.all()].map(({ expiresAt }) => expiresAt).sort((a, b) => a - b),
    clock,
  });
  const shares = createAddressShares({
    store: store.sessions,
    totalNodes: () => admission.capacity().nodes,
    nodesPerSession: maxNodes,
    secret,
    bounds: settings.addressBounds,
  });
  const maxRetentionMs = settings.retentionMinutes * MINUTE_MS;
  const ends = createSessionEnds({ directory, clock, logger, maxRetentionMs, idleMs });
  const reaper = createReaper({ directory, hosts: registry, commands, clock, logger });
  const retention = createRetention({ directory, hosts: registry, service: ends, reaper, commands, clock, logger });
  const room = createRoom({ admission, evict: retention.evict });
  const service = createSessionService({
    directory,
    ends,
    room,
    shares,
    limits: {
      sessionHours: settings.sessionHours,
      maxSessionHours: settings.maxSessionHours,
      maxSessions,
      sessionsPerUser: settings.sessionsPerUser,
      idleMs,
    },
    clock,
    logger,
  });
  const nodes = createNodeService({
    directory,
    hosts: registry,
    commands,
    placement: { room, shares, nextVni: store.vnis.next },
    settings: { maxNodes, egress: settings.egress, secret, driver: presence.instance },
    clock,
    logger,
  });
  cleanup.add('networks', sendNetworks({ directory, hosts: registry, commands, logger }));
  const settling = { directory, hosts: registry, nodes, commands, presence, clock, logger };
  const reconciler = createReconciler(settling, settings.hostTimeoutMs);
  cleanup.add('reconciler', () => reconciler.stop());
  cleanup.add('reaper', () => reaper.stop());
  cleanup.add('retention', () => retention.stop());
  const warnings = createWarnings({ publish: (id, change) => events.publish('sessionChange', id, change) });
  const expiry = createExpiry({ directory, service, warnings, clock, logger, idleMs });
  cleanup.add('expiry', () => expiry.stop());

  return {
    directory,
    admission,
    service,
    nodes,
    reaper,
    reconciler,
    start() {
      expiry.start();
      reaper.start();
      retention.start();
      reconciler.start();
    },
  };
}
