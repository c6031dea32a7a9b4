/** What every store promises, part by part; run against each implementation. */
import { describe } from 'vitest';
import { busContract } from './bus/bus.contract.ts';
import { hostsContract } from './hosts/hosts.contract.ts';
import { labsContract } from './labs/labs.contract.ts';
import { lineContract } from './line/line.contract.ts';
import { onceContract } from './once/once.contract.ts';
import { operatorContract } from './operator/operator.contract.ts';
import { presenceContract } from './presence/presence.contract.ts';
import { sessionsContract } from './sessions/sessions.contract.ts';
import { sitesContract } from './sites/sites.contract.ts';
import type { Store } from './store.ts';
import { ticketsContract } from './tickets/tickets.contract.ts';
import { timelineContract } from './timeline/timeline.contract.ts';
import { vnisContract } from './vnis/vnis.contract.ts';

/** Declares the suites; `make` gives an empty store, the same for one test. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  describe(name, () => {
    sessionsContract(async () => (await make()).sessions);
    hostsContract(async () => (await make()).hosts);
    lineContract(async () => (await make()).line);
    ticketsContract(async () => (await make()).tickets);
    timelineContract(async () => (await make()).timeline);
    presenceContract(async () => (await make()).presence);
    busContract(async () => (await make()).bus);
    onceContract(async () => (await make()).once);
    vnisContract(async () => (await make()).vnis);
    operatorContract(async () => (await make()).operator);
    labsContract(async () => (await make()).labs);
    sitesContract(async () => (await make()).sites);
  });
}
