/** The store without Redis: for tests and for trying the manager alone. It forgets everything at its end. */
import type { Clock } from '@drydock/service-kit';
import { createMemoryBus } from './bus/memory.ts';
import { createMemoryHosts } from './hosts/memory.ts';
import { createMemoryLabStore } from './labs/memory.ts';
import { createMemoryLine } from './line/memory.ts';
import { createMemoryOnce } from './once/memory.ts';
import { createMemoryOperatorStore } from './operator/memory.ts';
import { createMemoryPresence } from './presence/memory.ts';
import { createMemorySessions } from './sessions/memory.ts';
import { createMemorySites } from './sites/memory.ts';
import type { Store } from './store.ts';
import { createMemoryTickets } from './tickets/memory.ts';
import { createMemoryTimeline } from './timeline/memory.ts';
import { createMemoryVnis } from './vnis/memory.ts';

/** Builds an empty store. */
export function createMemoryStore(clock: Clock): Store {
  return {
    sessions: createMemorySessions(clock),
    hosts: createMemoryHosts(),
    line: createMemoryLine(clock),
    tickets: createMemoryTickets(clock),
    timeline: createMemoryTimeline(clock),
    presence: createMemoryPresence(clock),
    bus: createMemoryBus(),
    once: createMemoryOnce(clock),
    vnis: createMemoryVnis(),
    operator: createMemoryOperatorStore(),
    labs: createMemoryLabStore(),
    sites: createMemorySites(),
    async close() {},
  };
}
