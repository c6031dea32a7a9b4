/** Which ports speak TLS: found out by trying, remembered for a while, so that an https-only program works like any other. */
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@drydock/service-kit';
import type { PortName } from './labels.ts';

/** Ports where TLS is so usual that it is tried first. */
const USUALLY_TLS = [443, 8443, 9443];
/** What was found out holds this long (ms): a learner may replace the program. */
const REMEMBER_MS = 30_000;
/** A program that has not answered a TLS greeting by then (ms) speaks something else. */
const HANDSHAKE_MS = 2000;
const MAX_REMEMBERED = 10_000;

export interface PortSchemes {
  /** A connection that carries HTTP, over TLS where the port wants it. Certificates are not checked: they are the learner's own. */
  connect(name: PortName, open: () => Promise<Socket>): Promise<Socket>;
  /** After an answer that was no HTTP: whether the port turns out to speak TLS, so that the request is worth another try. */
  discover(name: PortName, open: () => Promise<Socket>): Promise<boolean>;
}

/** Greets over a stream in TLS; undefined when the other side does not answer in kind. */
function greet(stream: Socket): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const secure = connectTls({ socket: stream, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const fail = () => {
      clearTimeout(timer);
      secure.destroy();
      stream.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(fail, HANDSHAKE_MS);
    // Stays: a failure after the greeting is for the request that uses the connection.
    secure.on('error', fail);
    secure.once('close', fail);
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      secure.off('close', fail);
      resolve(secure);
    });
  });
}

/** Builds the memory; it is empty at first. */
export function createPortSchemes({ clock }: { clock: Clock }): PortSchemes {
  const known = new Map<string, { tls: boolean; at: number }>();
  const keyOf = ({ sessionId, node, port }: PortName) => `${sessionId}/${node}/${port}`;

  function recall(name: PortName): boolean | undefined {
    const entry = known.get(keyOf(name));
    return entry !== undefined && clock.now() - entry.at < REMEMBER_MS ? entry.tls : undefined;
  }

  function remember(name: PortName, tls: boolean): void {
    known.delete(keyOf(name));
    known.set(keyOf(name), { tls, at: clock.now() });
    if (known.size > MAX_REMEMBERED) known.delete(known.keys().next().value ?? '');
  }

  return {
    async connect(name, open) {
      if (!(recall(name) ?? USUALLY_TLS.includes(name.port))) return open();
      const secure = await greet(await open());
      remember(name, secure !== undefined);
      return secure ?? open();
    },
    async discover(name, open) {
      // Asked once in a while only: a program that is no HTTP at all would be greeted at every request.
      if (recall(name) !== undefined) return false;
      const secure = await greet(await open());
      remember(name, secure !== undefined);
      secure?.destroy();
      return secure !== undefined;
    },
  };
}
