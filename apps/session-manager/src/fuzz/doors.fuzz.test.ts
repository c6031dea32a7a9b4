/** Every door of a manager, as hostile clients, programs, hosts and issuers use it: the same process is there afterwards, and held by none of it. */
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { AGENT_NAMESPACE, SESSION_NAMESPACE } from '@drydock/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FuzzedPlace, startFuzzedPlace } from './fuzzed-place.ts';
import { target } from './http-words.ts';
import { hostile } from './json-arbitrary.ts';
import { KEPT_ANSWERS, KEPT_PACKETS, KEPT_REQUESTS } from './kept-inputs.ts';
import { http1Requests, http2Bytes, nodeAnswer, noise, socketPackets, webSocketBytes } from './wire-arbitrary.ts';

/** Inputs of each kind and seed: seconds in all; `npm run test:slow` has more seeds. */
const RUNS = 150;
const PORT = 8080;
/** One that answers nothing is left after this long (ms). */
const SILENCE_MS = 300;
const KEPT = [...KEPT_REQUESTS, ...KEPT_ANSWERS, ...KEPT_PACKETS].length;

let place: FuzzedPlace;
/** What the node's program, and the issuer, answer next. */
let program: Buffer = Buffer.alloc(0);
let issuer: Buffer = Buffer.alloc(0);
const closing: (() => void)[] = [];

/** A server that answers each connection with the bytes at hand and ends it. */
async function answering(bytes: () => Buffer): Promise<number> {
  const server = createTcp((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(bytes()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const issuerPort = await answering(() => issuer);
  place = await startFuzzedPlace({
    DRYDOCK_OIDC_ISSUER: `http://127.0.0.1:${issuerPort}`,
    DRYDOCK_OIDC_CLIENT_ID: 'drydock',
    DRYDOCK_START_GATE: 'none',
  });
  place.agent.expose(place.id, 'node1', PORT, await answering(() => program));
}, 90_000);
afterAll(async () => {
  for (const close of closing) close();
  await place?.stop();
});
afterEach(() => place.isWell(), 60_000);

const portName = () => `${PORT}-node1-${place.id}.localhost`;

/** Feeds the manager with `inputs`, one after the other, the kept ones first. */
async function feed<T>(
  inputs: fc.Arbitrary<T>,
  exchange: (input: T) => Promise<unknown>,
  seed: number,
  kept: readonly T[] = [],
): Promise<void> {
  const examples = kept.map((input): [T] => [input]);
  await fc.assert(
    fc.asyncProperty(inputs, (input) =>
      place.cost(Buffer.isBuffer(input) ? input.toString('latin1') : input, () => exchange(input)),
    ),
    { numRuns: RUNS + KEPT, seed, examples, endOnFailure: true },
  );
}

/** Says `packets` on a WebSocket of socket.io, and waits for its end or for silence. */
function speak(path: string, packets: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${place.port}${path}`);
    const end = () => socket.terminate();
    const timer = setTimeout(end, SILENCE_MS);
    socket.on('open', () => {
      for (const packet of packets.split('\x1e')) socket.send(packet);
      setTimeout(end, 20);
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        resolve();
      });
  });
}

describe.each(inject('seeds'))('the doors of a manager (seed %i)', (seed) => {
  it('take requests of HTTP/1.1 of every form', async () => {
    await feed(http1Requests(portName()), (bytes) => place.send(bytes, true), seed, KEPT_REQUESTS);
    await feed(http1Requests(portName()), place.send, seed);
  }, 120_000);

  it('take connections of HTTP/2 with frames of every kind', async () => {
    await feed(http2Bytes(portName()), (bytes) => place.send(bytes, true), seed);
  }, 120_000);

  it('take bytes that are no protocol of ours, also where TLS might begin', async () => {
    await feed(noise, place.send, seed);
    await feed(
      noise.map((bytes) => Buffer.concat([Buffer.from([0x16]), bytes])),
      place.send,
      seed,
    );
  }, 120_000);

  it('take handshakes of WebSockets and frames of every kind', async () => {
    await feed(webSocketBytes(portName()), (bytes) => place.send(bytes, true), seed);
  }, 120_000);

  it('take packets of socket.io, by WebSockets and by polling', async () => {
    await feed(socketPackets, (packets) => speak('/socket.io/?EIO=4&transport=websocket', packets), seed);
    await feed(socketPackets, (packets) => speak('/agent-socket/?EIO=4&transport=websocket', packets), seed);
    // Within the namespaces, as who may be there.
    const page = `40${SESSION_NAMESPACE},${JSON.stringify({ sessionId: place.id, token: place.token })}\x1e`;
    const host = `40${AGENT_NAMESPACE},${JSON.stringify({ name: 'h2', key: place.agentKey, protocol: 1 })}\x1e`;
    await feed(
      socketPackets,
      (packets) => speak('/socket.io/?EIO=4&transport=websocket', page + packets),
      seed,
      KEPT_PACKETS,
    );
    await feed(socketPackets, (packets) => speak('/agent-socket/?EIO=4&transport=websocket', host + packets), seed);
    await feed(
      socketPackets,
      (packets) =>
        place.send(
          Buffer.from(
            `POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(packets)}\r\n\r\n${packets}`,
          ),
        ),
      seed,
    );
  }, 240_000);

  it('take answers of every form from a program in a node', async () => {
    const ways = [`Host: ${portName()}`, `Host: ${portName()}\r\nConnection: Upgrade\r\nUpgrade: websocket`];
    for (const way of ways) {
      await feed(
        nodeAnswer,
        (answer) => {
          program = answer;
          const head = `GET / HTTP/1.1\r\n${way}\r\nAuthorization: Bearer ${place.viewer}\r\n`;
          return place.send(Buffer.from(`${head}${way.includes('Upgrade') ? '' : 'Connection: close\r\n'}\r\n`));
        },
        seed,
        KEPT_ANSWERS,
      );
    }
  }, 240_000);

  it('take streams of hosts with bytes of every kind', async () => {
    await feed(
      fc.tuple(target, noise),
      ([rest, bytes]) => {
        const head = `GET /agent-stream/${encodeURI(rest.slice(0, 60))} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: drydock-stream\r\n`;
        const auth = `Authorization: Bearer ${place.agentKey}\r\nX-Drydock-Host: h1\r\n\r\n`;
        return place.send(Buffer.concat([Buffer.from(head + auth, 'latin1'), bytes]));
      },
      seed,
    );
  }, 120_000);

  it('take what an issuer of OpenID Connect answers, and who says to come from there', async () => {
    const answers = fc.oneof(
      nodeAnswer,
      fc
        .oneof(
          hostile,
          fc.dictionary(fc.constantFrom('issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'), hostile),
        )
        .map((json) => {
          const text = JSON.stringify(json) ?? '';
          return Buffer.from(
            `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
          );
        }),
    );
    await feed(
      fc.tuple(answers, target, fc.boolean()),
      ([answer, rest, isCallback]) => {
        issuer = answer;
        const path = isCallback
          ? `/api/v1/sign-in/callback?${encodeURI(rest.slice(0, 200))}`
          : '/api/v1/sign-in?page=operator';
        return place.send(
          Buffer.from(
            `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: dd_sign_in=${encodeURI(rest.slice(0, 50))}\r\n\r\n`,
            'latin1',
          ),
        );
      },
      seed,
    );
  }, 240_000);

  it('take calls of an operator with bodies of every kind', async () => {
    const calls = [
      ...[
        'GET /status',
        'GET /load',
        'GET /sessions',
        `GET /sessions/${place.id}`,
        'GET /blocks',
        'GET /audit',
        'GET /usage',
        'GET /hosts',
        'GET /sites',
      ],
      ...[
        `POST /sessions/${place.id}/note`,
        'POST /blocks',
        'DELETE /blocks/x',
        'POST /starts/stop',
        'POST /starts/allow',
        'POST /hosts/tokens',
        'POST /links',
        'POST /sites',
      ],
      ...['POST /hosts/x/drain', 'DELETE /hosts/x', 'GET /../status', 'GET /__proto__', 'POST /sessions/x/end'],
    ];
    await feed(
      fc.tuple(fc.constantFrom(...calls), hostile, fc.constantFrom('', '{', '\0')),
      async ([call, body, extra]) => {
        const [method = '', path = ''] = call.split(' ');
        const text = method === 'GET' ? undefined : `${JSON.stringify(body) ?? ''}${extra}`;
        const headers = {
          authorization: `Bearer ${place.operatorKey}`,
          'content-type': 'application/json',
          connection: 'close',
        };
        const answer = await fetch(`${place.operatorOrigin}/operator${path}`, {
          method,
          headers,
          ...(text === undefined ? {} : { body: text }),
        });
        const { status } = answer;
        await answer.text();
        if (status >= 500) throw new Error(`${call}: ${status}`);
      },
      seed,
    );
    // Nobody may stay blocked or stopped by chance.
    const headers = { authorization: `Bearer ${place.operatorKey}` };
    await fetch(`${place.operatorOrigin}/operator/starts/allow`, { method: 'POST', headers });
  }, 120_000);
});

it('all were reached: most kinds of answers were given', () => {
  const wanted = ['101', '200', '400', '404', '421', '502'].map((status) => `HTTP/1.1 ${status}`);
  expect([...place.answers]).toEqual(expect.arrayContaining(wanted));
});

it('all that was opened is let go', () => place.isAtRest(), 110_000);
