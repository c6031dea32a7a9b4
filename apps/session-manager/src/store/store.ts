/** All that managers of one installation share: small stores, one a subject, each in memory and in Redis under one contract. */
import type { BusStore } from './bus/bus-store.ts';
import type { HostStore } from './hosts/host-store.ts';
import type { LabStore } from './labs/lab-store.ts';
import type { LineStore } from './line/line-store.ts';
import type { OnceStore } from './once/once-store.ts';
import type { OperatorStore } from './operator/operator-store.ts';
import type { PresenceStore } from './presence/presence-store.ts';
import type { SessionStore } from './sessions/session-store.ts';
import type { SiteStore } from './sites/site-store.ts';
import type { TicketStore } from './tickets/ticket-store.ts';
import type { TimelineStore } from './timeline/timeline-store.ts';
import type { VniStore } from './vnis/vni-store.ts';

/** Every method of every part rejects with DrydockError STORE_UNAVAILABLE while the store is out of reach. */
export interface Store {
  readonly sessions: SessionStore;
  readonly hosts: HostStore;
  readonly line: LineStore;
  readonly tickets: TicketStore;
  readonly timeline: TimelineStore;
  readonly presence: PresenceStore;
  readonly bus: BusStore;
  readonly once: OnceStore;
  readonly vnis: VniStore;
  readonly operator: OperatorStore;
  readonly labs: LabStore;
  readonly sites: SiteStore;
  close(): Promise<void>;
}
