/** Brings one byte stream to the manager that asked for it: an HTTP upgrade on the agent's way out, then raw bytes. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { AGENT_STREAM_PATH, AGENT_STREAM_UPGRADE } from '@drydock/protocol';

/** Time for the upgrade (ms); the manager waits no longer for a stream that it asked for. */
const UPGRADE_TIMEOUT_MS = 10_000;

/** Silence after which TCP asks whether the manager still holds its end (ms). */
const KEEPALIVE_MS = 30_000;

export interface ManagerDialOptions {
  name: string;
  readKey: () => Promise<string>;
}

/** Builds the dialler: one call, one upgraded connection. @throws when the manager refuses or does not answer in 10 s. */
export function createManagerDial({
  name,
  readKey,
}: ManagerDialOptions): (streamId: string, url: string) => Promise<Duplex> {
  return async (streamId, url) => {
    const base = new URL(url);
    const secure = base.protocol === 'https:';
    const key = await readKey();
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(new URL(`${AGENT_STREAM_PATH}/${streamId}`, base), {
        headers: {
          connection: 'Upgrade',
          upgrade: AGENT_STREAM_UPGRADE,
          authorization: `Bearer ${key}`,
          'x-drydock-agent': name,
        },
        // Node's own connection would close both directions at the first end.
        ...(secure ? { agent: false } : { createConnection: () => connectHalfOpen(base) }),
      });
      const timer = setTimeout(
        () => request.destroy(new Error('the manager did not take the stream')),
        UPGRADE_TIMEOUT_MS,
      );
      request.once('upgrade', (_response, socket, head) => {
        clearTimeout(timer);
        if (head.length > 0) socket.unshift(head);
        const carrier = socket as net.Socket;
        // A manager that closed looks like one that only ended its direction; the probe of a closed connection is answered by a reset.
        carrier.setKeepAlive(true, KEEPALIVE_MS);
        resolve(carrier);
      });
      request.once('response', (response) => {
        clearTimeout(timer);
        response.resume();
        request.destroy();
        reject(new Error(`the manager refused the stream: ${response.statusCode}`));
      });
      request.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end();
    });
  };
}

function connectHalfOpen(base: URL): net.Socket {
  const port = Number(base.port || 80);
  const host = base.hostname.replace(/^\[|\]$/g, '');
  return net.connect({ host, port, noDelay: true, allowHalfOpen: true });
}
