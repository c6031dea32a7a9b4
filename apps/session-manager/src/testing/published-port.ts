/** A session with one node whose ports are real servers of this machine, and ways to visit them, for tests of the gateway. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Server as NetServer } from 'node:net';
import type { SessionId } from '@drydock/protocol';
import type { FixtureAgent } from './fixture-agent.ts';
import { type RawAnswer, type RawOptions, rawRequest } from './raw-request.ts';
import { startTestManager, type TestManager, type TestManagerOptions } from './test-manager.ts';

export interface PublishedPorts {
  readonly test: TestManager;
  readonly agent: FixtureAgent;
  readonly id: SessionId;
  /** The owner's token, and a viewer's. */
  readonly token: string;
  readonly viewer: string;
  /** Starts a server and makes it a port of the node. */
  serve(port: number, listener: RequestListener): Promise<Server>;
  /** The same for a server that exists; it is closed at the end. */
  expose<S extends NetServer>(port: number, server: S): Promise<S>;
  urlOf(port: number, path?: string, session?: string, node?: string): string;
  /** Visits by the manager's address under any name. */
  get(url: string, options?: RawOptions): Promise<RawAnswer>;
  /** Visits a port of node1 with a viewer's token. */
  visit(port: number, path?: string, options?: RawOptions): Promise<RawAnswer>;
  /** Changes a port's settings as the owner. */
  choose(port: number, choice: object): Promise<void>;
  /** Sends bytes to the manager as they are, and gives all that comes until it is `enough`, the connection closes or `waitMs` pass. */
  raw(bytes: string, waitMs?: number, enough?: (text: string) => boolean): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a manager, a host, a session and its node1. */
export async function publishPorts(options: TestManagerOptions = {}): Promise<PublishedPorts> {
  const test = await startTestManager(options);
  const agent = await test.host();
  const created = await test.createSession();
  const { id } = created.session;
  const { token } = created;
  const viewer = created.links.viewer.split('#')[1] ?? '';
  const closing: (() => void)[] = [];
  await test.call('POST', `/sessions/${id}/nodes`, { token });

  const get: PublishedPorts['get'] = (url, options = {}) => rawRequest(test.origin, url, options);
  const urlOf: PublishedPorts['urlOf'] = (port, path = '/', session = id, node = 'node1') =>
    `http://${port}-${node}-${session}.localhost${path}`;
  const expose: PublishedPorts['expose'] = async (port, server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.close();
      (server as unknown as Partial<Server>).closeAllConnections?.();
    });
    agent.expose(id, 'node1', port, (server.address() as AddressInfo).port);
    return server;
  };

  return {
    test,
    agent,
    id,
    token,
    viewer,
    urlOf,
    get,
    expose,
    serve: (port, listener) => expose(port, createServer(listener)),
    visit: (port, path = '/', options = {}) =>
      get(urlOf(port, path), { ...options, headers: { authorization: `Bearer ${viewer}`, ...options.headers } }),
    async choose(port, choice) {
      const answer = await test.call('PATCH', `/sessions/${id}/nodes/node1/ports/${port}`, { token, body: choice });
      if (answer.status !== 200) throw new Error(`port not changed: ${JSON.stringify(answer.body)}`);
    },
    raw: (bytes, waitMs = 1500, enough = () => false) =>
      new Promise((resolve) => {
        let text = '';
        const socket = connect(Number(new URL(test.origin).port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
        const done = () => {
          clearTimeout(timer);
          socket.destroy();
          resolve(text);
        };
        const timer = setTimeout(done, waitMs);
        socket.setEncoding('latin1').on('data', (part) => {
          text += part;
          if (enough(text)) done();
        });
        socket.on('error', done).once('close', done);
      }),
    async stop() {
      for (const close of closing) close();
      await test.stop();
    },
  };
}
