/** What a page is told of its session, for benchmarks: the state of each new connection, and every change. */
import { createSessionConnection } from '@drydock/client';
import type { SessionChange, SessionSnapshot } from '@drydock/protocol';
import { io } from 'socket.io-client';
import type { ApiSession } from './api.ts';

export interface Listener {
  snapshot?(snapshot: SessionSnapshot): void;
  change(change: SessionChange): void;
}

/** Connects; the function that is returned leaves. */
export function followSession(server: string, { id, token }: ApiSession, listener: Listener): () => void {
  const connection = createSessionConnection({
    server,
    sessionId: id,
    token,
    connect: io,
    sink: {
      connection: () => undefined,
      snapshot: (snapshot) => listener.snapshot?.(snapshot),
      change: ({ change }) => listener.change(change),
    },
  });
  connection.start();
  return connection.dispose;
}
