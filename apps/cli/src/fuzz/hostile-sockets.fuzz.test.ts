import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTerminalStream } from '@drydock/client';
import { encodeTerminalFrame, type SessionId, sessionIdSchema, TERMINAL_SOCKET_PATH } from '@drydock/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { Failure } from '../failure.ts';
import { type HeldSession, holdSession } from '../sessions/open-link.ts';
import { SESSION, TOKEN } from '../testing/place-answers.ts';

const RUNS = 16;
const BOUNDS = { idleMs: 1000 };
const TERMINAL = 't'.padEnd(16, 'a');
const WRITER = 'w'.repeat(16);
const SNAPSHOT = {
  seq: 1,
  right: 'owner',
  session: SESSION,
  terminals: [],
  ports: {},
  swarm: { view: null, problem: null },
};

let http: Server;
let place: { server: string; sessionId: SessionId; token: string };
/** What the session's socket is told when it is open, and later, when the terminals' one has said something; and what that one is told then. */
let script: { first: readonly string[]; later: string[]; terminals: readonly (string | Uint8Array)[] };
let sessionSocket: WebSocket | undefined;
let admitted = 0;

beforeAll(async () => {
  http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (made) => {
      if (request.url !== TERMINAL_SOCKET_PATH) {
        sessionSocket = made;
        tell(made, script.first);
        return;
      }
      made.on('message', () => {
        tell(made, script.terminals);
        // What the page says first is that it is there.
        setTimeout(() => sessionSocket !== undefined && tell(sessionSocket, script.later.splice(0)), 5);
      });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  place = { server: `http://127.0.0.1:${port}`, sessionId: sessionIdSchema.parse('aaaaaaaa'), token: TOKEN };
});
afterAll(() => {
  http.close();
  http.closeAllConnections();
});

function tell(socket: WebSocket, messages: readonly (string | Uint8Array)[]): void {
  socket.on('error', () => undefined);
  for (const message of messages) socket.send(message);
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, 0, -1, 1e300, '', '\u001b]0;x\u0007', 'x'.repeat(1000), { error: null }),
  fc.jsonValue({ maxDepth: 2 }),
);
const text = fc.oneof(
  junk.map((value) => JSON.stringify(value)),
  fc.constantFrom('{', '', '\u0000', '['.repeat(1e5)),
);

/** A message with one of its fields spoilt, or the message as it should be. */
function near(message: Record<string, unknown>): fc.Arbitrary<unknown> {
  const spoilt = fc
    .tuple(fc.constantFrom(...Object.keys(message)), junk)
    .map(([key, value]) =>
      Object.fromEntries([...Object.entries(message).filter(([name]) => name !== key), [key, value]]),
    );
  return fc.oneof(fc.constant(message), spoilt, junk);
}

const OPENED = '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
const ADMITTED = '40/session,{"sid":"b"}';
const event = (name: string, value: unknown) => `42/session,${JSON.stringify([name, value])}`;
const EVENTS: Record<string, Record<string, unknown>> = {
  'session:snapshot': SNAPSHOT,
  'session:change': { seq: 2, change: { kind: 'terminal-gone', terminalId: TERMINAL } },
  'session:ended': { reason: 'operator', text: 'a text', retention: null },
  'terminal:output': { terminalId: TERMINAL, offset: 0, data: 'x' },
  'terminal:screen': { terminalId: TERMINAL, screen: 'x', offset: 1 },
  'terminal:size': { terminalId: TERMINAL, cols: 80, rows: 24 },
  'terminal:exit': { terminalId: TERMINAL, exitCode: 0 },
};
const anyEvent = fc
  .constantFrom(...Object.keys(EVENTS))
  .chain((name) => near(EVENTS[name] as Record<string, unknown>).map((value) => ({ name, value })));

const packet = fc.oneof(
  { arbitrary: anyEvent.map(({ name, value }) => event(name, value)), weight: 4 },
  near({ code: 'UNAUTHORIZED', message: 'no', details: { ended: 'operator', endText: 'x' } }).map(
    (data) => `44/session,${JSON.stringify({ message: 'x', data })}`,
  ),
  fc
    .tuple(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '3',
        '4',
        '40',
        '42/session,',
        '43/session,1',
        '451-/session,',
        '5',
        '6',
        'b',
        'bAA',
      ),
      text,
    )
    .map(([type, body]) => `${type}${body}`),
);
const BEGUN = [OPENED, ADMITTED, event('session:snapshot', SNAPSHOT)];
/** As a session's connection begins, with more before anybody waits for it now and then, and what comes when its terminals are there. */
const session = fc.record({
  first: fc.oneof(
    { arbitrary: fc.constant<readonly string[]>(BEGUN), weight: 2 },
    fc
      .tuple(
        fc.constantFrom<readonly string[]>(BEGUN, [OPENED, ADMITTED], [OPENED], []),
        fc.array(packet, { maxLength: 8 }),
      )
      .map(([begun, more]) => [...begun, ...more]),
  ),
  later: fc.array(packet, { maxLength: 8 }),
});

const TERMINAL_EVENTS = ['terminal:screen', 'terminal:size', 'terminal:exit', 'nothing'] as const;
const frame = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 40 }),
  fc
    .constantFrom(...TERMINAL_EVENTS)
    .chain((name) => near(EVENTS[name] ?? { a: 1 }).map((message) => JSON.stringify({ event: name, message }))),
  fc
    .tuple(fc.nat(5), near({ offset: 0, cols: 80, rows: 24 }))
    .map(([call, answer]) => JSON.stringify({ call, answer })),
  fc
    .tuple(fc.nat(5), near({ code: 'NODE_NOT_READY', message: 'no' }))
    .map(([call, error]) => JSON.stringify({ call, error })),
  fc
    .tuple(fc.constantFrom(0, 1, 1e300, Number.NaN, -1), fc.uint8Array({ maxLength: 20 }))
    .map(([offset, data]) => encodeTerminalFrame({ kind: 'output', output: { terminalId: TERMINAL, offset, data } })),
  fc.nat(5).map((call) => encodeTerminalFrame({ kind: 'taken', call })),
);

/** Uses a session that let us in, as `drydock shell` does, until its news have come. */
async function use({ link, over, dispose }: HeldSession): Promise<void> {
  admitted += 1;
  const bytes: unknown[] = [];
  const stream = createTerminalStream({
    terminalId: TERMINAL,
    link,
    byHand: false,
    size: { cols: 80, rows: 24 },
    newWriter: () => WRITER,
    events: {
      data: (data) => bytes.push(data),
      screen: (screen) => bytes.push(screen),
      exit: ({ exitCode, signal }) =>
        expect([exitCode, typeof signal]).toEqual([Math.trunc(exitCode), expect.stringMatching(/string|undefined/)]),
    },
  });
  stream.attach();
  stream.type(Buffer.from('ls\n'));
  await Promise.race([over.catch(() => undefined), sleep(25)]);
  stream.leave();
  dispose();
  for (const piece of bytes) expect(piece instanceof Uint8Array || typeof piece === 'string').toBe(true);
}

it.each(inject('seeds'))(
  'whatever a place says by its sockets, a session is held or refused with a sentence (seed %i)',
  async (seed) => {
    admitted = 0;
    await fc.assert(
      fc.asyncProperty(session, fc.array(frame, { minLength: 1, maxLength: 8 }), async (packets, terminals) => {
        script = { ...packets, terminals };
        const held = await holdSession(place, {}, BOUNDS).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          expect(error.message).toMatch(/^[^\p{Cc}]{1,600}$/u);
          return undefined;
        });
        if (held !== undefined) await use(held);
      }),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    expect(admitted).toBeGreaterThan(RUNS / 4);
  },
);

it('a place that lets everybody in and tells nothing is left', async () => {
  script = { first: [OPENED, ADMITTED], later: [], terminals: [] };
  await expect(holdSession(place, {}, { idleMs: 50 })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
});
