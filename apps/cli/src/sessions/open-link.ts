/** A session's connection with its terminals, as a program holds them: real sockets, and one sentence when it is over. */
import {
  type Connection,
  connected,
  createSessionConnection,
  createTerminalLink,
  type PlainSocket,
  type SessionPlace,
  type SessionSink,
  type TerminalLink,
} from '@drydock/client';
import type { ErrorCode } from '@drydock/protocol';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { EXIT, Failure } from '../failure.ts';

export interface HeldSession {
  link: TerminalLink;
  /** Rejects when the session ends or refuses the link; never resolves. */
  over: Promise<never>;
  dispose(): void;
}

function failureOf(connection: Connection): Failure | undefined {
  switch (connection.kind) {
    case 'connecting':
    case 'online':
    case 'offline':
      return undefined;
    case 'refused': {
      const { code, message } = connection;
      return new Failure(code === 'UNREADABLE' ? 'BAD_ANSWER' : code, message, EXIT.refused);
    }
    case 'ended':
      return new Failure(
        'SESSION_ENDED',
        `The session has ended (${connection.text ?? connection.reason}).`,
        EXIT.refused,
      );
  }
}

/** Why a first connection did not come about: by the server's own code where it answered. */
function notReached(server: string, refusal: { code: ErrorCode; message: string } | undefined): Failure {
  if (refusal === undefined) return new Failure('UNREACHABLE', `${server} could not be reached.`, EXIT.unavailable);
  return new Failure(refusal.code, refusal.message, EXIT.unavailable);
}

/** Connects. @throws Failure when the server does not answer at all, refuses the link, or the session has ended. */
export async function holdSession(place: SessionPlace, sink: Partial<SessionSink> = {}): Promise<HeldSession> {
  let fail: (failure: Failure) => void = () => undefined;
  const over = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Nobody may be waiting any more when it ends.
  over.catch(() => undefined);
  let wasOnline = false;
  let admit: () => void = () => undefined;
  const admitted = new Promise<void>((resolve) => {
    admit = resolve;
  });
  const connection = createSessionConnection({
    ...place,
    connect: io,
    sink: {
      connection(now) {
        const failure = failureOf(now);
        if (failure !== undefined) fail(failure);
        if (now.kind === 'offline' && !wasOnline) fail(notReached(place.server, now.refusal));
        if (now.kind === 'online') {
          wasOnline = true;
          admit();
        }
        sink.connection?.(now);
      },
      snapshot: (snapshot) => sink.snapshot?.(snapshot),
      change: (event) => sink.change?.(event),
    },
  });
  const openSocket = (url: string) => new WebSocket(url, { perMessageDeflate: false }) as unknown as PlainSocket;
  const link = createTerminalLink({ ...place, connection, openSocket });
  connection.start();
  try {
    // The terminals' own socket is open before anybody has looked at the token: only the session says that the link is good.
    await Promise.race([Promise.all([admitted, connected(link)]), over]);
  } catch (error) {
    connection.dispose();
    throw error;
  }
  return { link, over, dispose: connection.dispose };
}
