/** Passes on to the pages of every manager what no store and no host tells: how far a template is, and who is there. */
import { type SessionChange, type SessionId, sessionChangeSchema, sessionIdSchema } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { z } from 'zod';
import type { BusStore } from '../store/bus/bus-store.ts';
import type { SessionFeed } from './feed.ts';

const messageSchema = z.object({ from: z.string(), sessionId: sessionIdSchema, change: sessionChangeSchema });

export interface SessionBus extends Pick<SessionFeed, 'publish'> {
  /** Hears what other managers publish, after this one's pages did; `from` is that manager's life. */
  onOthers(listener: (from: string, sessionId: SessionId, change: SessionChange) => void): void;
  close(): void;
}

/** Builds the bus: `publish` reaches this manager's pages at once, and those of the others by the store's broadcast. */
export function createSessionBus(deps: {
  store: BusStore;
  feed: Pick<SessionFeed, 'publish'>;
  /** This life of this manager, which passes over its own messages. */
  instance: string;
  logger: Logger;
}): SessionBus {
  const { store, feed, instance, logger } = deps;
  const listeners = new Set<Parameters<SessionBus['onOthers']>[0]>();
  const close = store.subscribe((text) => {
    // Notes of labs are for labs.ts.
    if (text.startsWith('{"lab":')) return;
    try {
      const { from, sessionId, change } = messageSchema.parse(JSON.parse(text));
      if (from === instance) return;
      feed.publish(sessionId, change);
      for (const listener of listeners) listener(from, sessionId, change);
    } catch (error) {
      logger.warn({ err: error }, 'message of another release on the bus');
    }
  });
  return {
    publish(sessionId, change) {
      feed.publish(sessionId, change);
      store.publish(JSON.stringify({ from: instance, sessionId, change }));
    },
    onOthers: (listener) => void listeners.add(listener),
    close,
  };
}
