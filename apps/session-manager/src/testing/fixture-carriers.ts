/** Byte streams of a fixture agent: it dials the manager back, for a port of this machine or a process of it. */
import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { connect, type Socket as NetSocket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import {
  AGENT_STREAM_PATH,
  AGENT_STREAM_UPGRADE,
  type AgentAnswer,
  type AgentRequest,
  DrydockError,
  type SessionId,
} from '@drydock/protocol';

interface FixtureCarriersDeps {
  name: string;
  key: string;
  hasNode(sessionId: SessionId, node: string): boolean;
  /** The real port that a node's port leads to. */
  portOf(sessionId: SessionId, node: string, port: number): number | undefined;
}

/** A reset, as the real agent makes it: `resetAndDestroy` would say an orderly end first. */
function abort(carrier: NetSocket): void {
  Object.assign(carrier, { resetAndClosing: true }).destroy();
}

/** Streams of one agent; `cut` breaks all that are open. */
export function createFixtureCarriers({ name, key, hasNode, portOf }: FixtureCarriersDeps) {
  const streams = new Set<Duplex>();

  async function dial(url: string, streamId: string): Promise<NetSocket> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}${AGENT_STREAM_PATH}/${streamId}`, {
        headers: {
          connection: 'Upgrade',
          upgrade: AGENT_STREAM_UPGRADE,
          authorization: `Bearer ${key}`,
          'x-drydock-agent': name,
        },
        createConnection: () =>
          connect({ host: '127.0.0.1', port: Number(new URL(url).port), noDelay: true, allowHalfOpen: true }),
      });
      request.once('upgrade', (_response, upgraded, head) => {
        if (head.length > 0) upgraded.unshift(head);
        resolve(upgraded as NetSocket);
      });
      request.once('response', (response) => reject(new Error(`stream refused: ${response.statusCode}`)));
      request.once('error', reject);
      request.end();
    });
  }

  function join(
    carrier: NetSocket,
    readable: NodeJS.ReadableStream,
    writable: NodeJS.WritableStream,
    end: () => void,
  ): void {
    streams.add(carrier);
    carrier.on('error', end);
    carrier.on('close', () => {
      streams.delete(carrier);
      if (!carrier.readableEnded) end();
    });
    readable.on('error', () => abort(carrier));
    writable.on('error', () => abort(carrier));
    carrier.pipe(writable);
    readable.pipe(carrier);
  }

  async function open(request: AgentRequest<'stream.open'>, url: string): Promise<AgentAnswer<'stream.open'>> {
    const { sessionId, node, streamId, target } = request;
    if (!hasNode(sessionId, node)) throw new DrydockError('NODE_NOT_FOUND');
    if (target.kind === 'exec') {
      const [file = 'false', ...args] = target.command;
      const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      // What a command says before the manager is dialled would be thrown away at its end, were nobody reading.
      const output = child.stdout.pipe(new PassThrough());
      void dial(url, streamId).then(
        (carrier) => join(carrier, output, child.stdin, () => child.kill('SIGKILL')),
        () => child.kill('SIGKILL'),
      );
      return {};
    }
    const realPort = portOf(sessionId, node, target.port);
    if (realPort === undefined) throw new DrydockError('PORT_REFUSED');
    const upstream = connect({ port: realPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      upstream.once('connect', resolve);
      upstream.once('error', () => reject(new DrydockError('PORT_REFUSED')));
    });
    void dial(url, streamId).then(
      (carrier) => {
        upstream.on('close', () => {
          if (!upstream.readableEnded) abort(carrier);
        });
        join(carrier, upstream, upstream, () => upstream.resetAndDestroy());
      },
      () => upstream.destroy(),
    );
    return {};
  }

  return {
    dial,
    open,
    cut() {
      for (const stream of streams) stream.destroy();
    },
  };
}
