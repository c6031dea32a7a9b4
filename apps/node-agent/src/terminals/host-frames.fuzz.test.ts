/** What may come by a connection to the terminal host, which holds every shell of a machine: each call is answered once, or the connection is refused. */
import { createFrameReader, createLogger, encodeFrame } from '@drydock/service-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHostConnection } from './host-connection.ts';
import { hostAnswerSchema, hostCalls, MAX_FRAME_BYTES } from './host-protocol.ts';
import type { TerminalRegistry } from './terminal-registry.ts';
import { createTerminalRegistry } from './terminal-registry.ts';

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    '',
    0,
    -1,
    1e308,
    2 ** 53,
    'a'.repeat(5000),
    '\0',
    JSON.parse('{"__proto__":{"x":1}}'),
  ),
);
const ids = { sessionId: 'aaaaaaaa', node: 'node1', terminalId: 'terminal-0001', viewerId: 'viewer-000001' };
const request = fc.oneof(
  fc.record({
    sessionId: fc.constantFrom(ids.sessionId, 'x'),
    node: fc.constantFrom(ids.node, '__proto__'),
    terminalId: fc.constantFrom(ids.terminalId, 'constructor'),
    viewerId: fc.constantFrom(ids.viewerId, ''),
    offset: fc.oneof(fc.nat(), hostile),
    cols: fc.oneof(fc.constant(80), hostile),
    rows: fc.oneof(fc.constant(24), hostile),
    writer: fc.constantFrom('writer-1', ''),
    seq: fc.oneof(fc.nat(3), hostile),
    url: fc.oneof(fc.constant('http://127.0.0.1:9'), hostile),
  }),
  hostile,
);
const call = fc.record({
  id: fc.oneof({ arbitrary: fc.nat(1000), weight: 9 }, { arbitrary: hostile, weight: 1 }),
  call: fc.oneof(
    { arbitrary: fc.constantFrom(...Object.keys(hostCalls)), weight: 19 },
    { arbitrary: fc.constantFrom('constructor', '__proto__', 'no.such'), weight: 1 },
  ),
  request,
});
const header = fc.oneof(
  { arbitrary: call, weight: 12 },
  {
    arbitrary: fc.record({ ack: fc.record({ viewerId: fc.constantFrom(ids.viewerId, 'x'), offset: fc.nat() }) }),
    weight: 2,
  },
  { arbitrary: fc.oneof(hostile, fc.record({ ack: hostile })), weight: 1 },
);

/** Shells that are never there: what a call reaches is the registry itself. */
function emptyRegistry(): TerminalRegistry {
  return createTerminalRegistry({
    spawnFor: () => () => {
      throw new Error('no shell here');
    },
    screens: { open: () => expect.fail('no screen is needed') },
    onForgotten: () => undefined,
  });
}

test.each([true, false])(
  'of an agent (%s) or a manager’s stream (false): answers have the contract’s form',
  async (isAgent) => {
    const logger = createLogger('test', 'silent');
    let refused = 0;
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(header, fc.uint8Array({ maxLength: 30 })), { maxLength: 8 }),
        fc.nat(40),
        async (frames, cut) => {
          const read = createFrameReader(MAX_FRAME_BYTES, ({ header: told }) => {
            hostAnswerSchema.parse(told);
            answers += 1;
          });
          const connection = createHostConnection({
            registry: emptyRegistry(),
            logger,
            send: (buffers) => read(Buffer.concat(buffers)),
            ...(isAgent ? { dial: async () => undefined } : {}),
          });
          const bytes = Buffer.concat(frames.flatMap(([json, data]) => encodeFrame((json ?? null) as object, data)));
          try {
            connection.receive(bytes.subarray(0, cut));
            connection.receive(bytes.subarray(cut));
          } catch (error) {
            // A connection of no further use: told by an error, and ended by its owner (host-server.ts).
            expect(error).toBeInstanceOf(Error);
            refused += 1;
          }
          await new Promise((resolve) => setImmediate(resolve));
          connection.close();
        },
      ),
      { numRuns: 300, seed: 20_261_207, endOnFailure: true },
    );
    expect(refused).toBeGreaterThan(10);
    expect(answers).toBeGreaterThan(isAgent ? 300 : 20);
  },
);
