/** `drydock forward`: a TCP port of a node as a port of this machine, for whatever speaks no HTTP (docs/PROTOCOL.md, B11). */
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type PortPlace, portRefusal, portStreamOf } from '@drydock/client';
import type { Command } from 'commander';
import { createWebSocketStream, WebSocket } from 'ws';
import { EXIT, Failure } from '../../failure.ts';
import { MAX_TEXT, numberOf, plain } from '../../output.ts';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';

/** Connections at a time: what a session's ports take (B10). */
const MAX_CONNECTIONS = 1024;
/** The largest message that is taken of a place (bytes): it reads from a node in pieces that are far smaller. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** A place that does not answer for so long (ms) will not. */
const HANDSHAKE_MS = 30_000;
/** How much of a refusal is read (bytes). */
const MAX_REFUSAL = 4096;
const TARGET = /^([a-z][a-z0-9-]*):(\d{1,5})$/;

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) {
    text += chunk;
    if (text.length > MAX_REFUSAL) break;
  }
  return text.slice(0, MAX_REFUSAL);
}

/** One connection of this machine, carried to the node and back. */
function carry(socket: Socket, place: PortPlace, { node, port }: Target, refused: (sentence: string) => void): void {
  const { url, headers } = portStreamOf(place, node, port);
  const carrier = new WebSocket(url, {
    headers,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
  });
  const stream = createWebSocketStream(carrier);
  carrier.once('unexpected-response', (_request, answer) => {
    socket.destroy();
    const about = { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] ?? null };
    void textOf(answer)
      .then((body) => {
        const { code, message } = portRefusal({ ...about, body });
        refused(`${plain(code)}: ${plain(message, MAX_TEXT)}`);
      })
      // The answer broke off: that it was one is all that is known.
      .catch(() => refused(`BAD_ANSWER: The server answered ${about.status} without a reason.`))
      .finally(() => {
        answer.destroy();
        carrier.terminate();
      });
  });
  stream.on('error', () => socket.destroy());
  socket.on('error', () => stream.destroy());
  socket.once('close', () => carrier.close());
  socket.pipe(stream).pipe(socket);
}

interface Target {
  node: string;
  port: number;
}

function readTarget(text: string): Target {
  const [, node, port] = TARGET.exec(text) ?? [];
  if (node === undefined || port === undefined)
    throw new Failure('USAGE', `${text} is no port of a node.`, EXIT.usage, 'drydock forward node1:6379 [local port]');
  return { node, port: Number(port) };
}

/** Adds the command. */
export function forwardCommand(program: Command, { output, streams, session }: SessionContext): void {
  withSession(program.command('forward <target> [local]'))
    .description('a TCP port of a node as a port of this machine: drydock forward node1:6379 [local port]')
    .action(async (text: string, local: string | undefined, options: SessionOption) => {
      const { place, api } = await session(options);
      const target = readTarget(text);
      // A link that opens nothing is told now, not at the first connection.
      await api.view();
      const port = local === undefined ? target.port : numberOf(local);
      const server = createServer((socket) => carry(socket, place, target, (sentence) => streams.err(`${sentence}\n`)));
      server.maxConnections = MAX_CONNECTIONS;
      await new Promise<void>((resolve, reject) => {
        server.once('listening', resolve);
        server.once('error', (error) =>
          reject(new Failure('LOCAL_PORT', `Port ${port} of this machine: ${error.message}`, EXIT.unavailable)),
        );
        server.listen(port, '127.0.0.1');
      });
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      output.show({ address, ...target }, () => `${address} leads to ${text}; Ctrl-C ends it.`);
      await new Promise(() => undefined);
    });
}
