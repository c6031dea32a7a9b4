/** What the parts of one manager tell one another: who tells need not know who hears, nor be made after it. */
import type { SessionChange, SessionId, StreamEvent } from '@drydock/protocol';

/** Each kind of event, and what is told with it. */
export interface ManagerEvents {
  /** A change of a session that no record holds: terminals, steps of its swarm, warnings. */
  sessionChange: [sessionId: SessionId, change: SessionChange];
  /** A host's stream of terminals is open: viewers can be attached by it. */
  terminalStreamOpen: [host: string];
  terminalStreamEvent: [host: string, event: StreamEvent, data: Uint8Array];
}

export interface EventBus {
  /** Tells all who listen now, in the order in which they began to; without anybody it is lost. */
  publish<K extends keyof ManagerEvents>(kind: K, ...told: ManagerEvents[K]): void;
  /** Returns how to stop. Listeners must not throw. */
  subscribe<K extends keyof ManagerEvents>(kind: K, listener: (...told: ManagerEvents[K]) => void): () => void;
}

type Listeners = { [K in keyof ManagerEvents]: Set<(...told: ManagerEvents[K]) => void> };

/** Builds a bus without listeners. */
export function createEventBus(): EventBus {
  const listeners: Listeners = {
    sessionChange: new Set(),
    terminalStreamOpen: new Set(),
    terminalStreamEvent: new Set(),
  };
  return {
    publish(kind, ...told) {
      for (const listener of listeners[kind]) listener(...told);
    },
    subscribe(kind, listener) {
      listeners[kind].add(listener);
      return () => listeners[kind].delete(listener);
    },
  };
}
