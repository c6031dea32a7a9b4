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
import { io, NodeWebSocket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { EXIT, Failure } from '../failure.ts';
import { MAX_TEXT, plain } from '../output.ts';
import { BOUNDS, type Bounds } from '../place-fetch.ts';

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
      return new Failure(code === 'UNREADABLE' ? 'BAD_ANSWER' : code, plain(message, MAX_TEXT), EXIT.refused);
    }
    case 'ended':
      return new Failure(
        'SESSION_ENDED',
        `The session has ended (${plain(connection.text ?? connection.reason, MAX_TEXT)}).`,
        EXIT.refused,
      );
  }
}

/** Why a first connection did not come about: by the server's own code where it answered. */
function notReached(server: string, refusal: { code: ErrorCode; message: string } | undefined): Failure {
  if (refusal === undefined) return new Failure('UNREACHABLE', `${server} could not be reached.`, EXIT.unavailable);
  return new Failure(refusal.code, plain(refusal.message, MAX_TEXT), EXIT.unavailable);
}

/** The largest message that is taken of a place (bytes): the picture of a session with all its nodes, or a terminal's screen. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** How a socket is opened: a place sends it nowhere else, and answers in time (ms). */
const SOCKET = {
  perMessageDeflate: false,
  followRedirects: false,
  maxPayload: MAX_MESSAGE_BYTES,
  handshakeTimeout: 20_000,
};

/** Packets of socket.io (within a message of its engine) that have to hold a list, and a refusal, which holds something. */
const WITHOUT_CONTENTS = /^4(?:[2356][^[]*|4[^{"]*)$/;

/** socket.io's own socket, within those bounds: a message that its parser cannot take is the end of that connection, not of this program. */
class BoundedSocket extends NodeWebSocket {
  override createSocket(uri: string, protocols: string | string[] | undefined, options: object): WebSocket {
    return new WebSocket(uri, protocols, { ...options, ...SOCKET });
  }

  protected override onData(data: Parameters<NodeWebSocket['onData']>[0]): void {
    // Its parser lets events, answers and refusals without any contents through, and fails at them where nobody can catch it.
    if (typeof data === 'string' && WITHOUT_CONTENTS.test(data)) {
      this.onError('a message without contents', null);
      return;
    }
    try {
      super.onData(data);
    } catch (error) {
      this.onError('a message of no known form', error);
    }
  }
}

/**
 * Connects.
 * @throws Failure when the server does not answer at all or tells nothing of the session, refuses the link, or the session has ended.
 */
export async function holdSession(
  place: SessionPlace,
  sink: Partial<SessionSink> = {},
  { idleMs }: Pick<Bounds, 'idleMs'> = BOUNDS,
): Promise<HeldSession> {
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
    connect: (url, options) => io(url, { ...options, transports: [BoundedSocket] }),
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
  const openSocket = (url: string) => new WebSocket(url, SOCKET) as unknown as PlainSocket;
  const link = createTerminalLink({ ...place, connection, openSocket });
  connection.start();
  const tooLate = setTimeout(
    () => fail(new Failure('BAD_ANSWER', `${place.server} tells nothing of the session.`, EXIT.unavailable)),
    idleMs,
  );
  try {
    // The terminals' own socket is open before anybody has looked at the token: only the session says that the link is good.
    await Promise.race([Promise.all([admitted, connected(link)]), over]);
  } catch (error) {
    connection.dispose();
    throw error;
  } finally {
    clearTimeout(tooLate);
  }
  return { link, over, dispose: connection.dispose };
}
