/** What a terminal host's stream may bring: frames near their form and beside it, cut anywhere. */
import { Duplex } from 'node:stream';
import { DrydockError, errorBodySchema, streamEventSchema } from '@drydock/protocol';
import { createLogger, encodeFrame } from '@drydock/service-kit';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { createTerminalStream } from '../edge/agents/terminal-stream.ts';
import { fromSchema, hostile, type JsonSchema } from './json-arbitrary.ts';

const RUNS = 300;
const logger = createLogger('test', 'silent');

/** The manager's end of a stream, and what it wrote. */
function ends(): Duplex {
  return new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
}

const schema = z.toJSONSchema(streamEventSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const error = fc.record(
  {
    code: fc.oneof(fc.constantFrom('RATE_LIMITED', 'NO_SUCH_CODE', '__proto__', 'constructor'), hostile),
    message: hostile,
    details: hostile,
  },
  { requiredKeys: [] },
);
const header = fc.oneof(
  fromSchema(schema),
  fc.record({ id: fc.oneof(fc.nat(6), hostile), answer: hostile }, { requiredKeys: ['id'] }),
  fc.record({ id: fc.nat(6), error: fc.oneof(error, hostile) }),
  fc.record({ event: hostile }),
  hostile,
);
const frame = fc.tuple(header, fc.uint8Array({ maxLength: 40 }), fc.nat(30)).map(([json, bytes, kind]) => {
  const whole = Buffer.concat(encodeFrame((json ?? null) as object, bytes));
  // Lengths that lie, and headers that are no JSON.
  if (kind === 0) whole.writeUInt32LE(0xffffffff, 0);
  if (kind === 1) whole.writeUInt32LE(0xffffffff, 4);
  if (kind === 2 && whole.length > 9) whole[8] = 0xff;
  return whole;
});

it.each(inject('seeds'))(
  'each call ends with an answer of its form or an error of ours, and nothing is thrown (seed %i)',
  async (seed) => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 12 }),
        fc.array(fc.nat(200), { maxLength: 6 }),
        async (frames, cuts) => {
          const socket = ends();
          const stream = createTerminalStream(socket, { logger, onEvent: () => undefined });
          const calls = Array.from({ length: 4 }, () =>
            stream.call('terminal.detach', { viewerId: 'viewer-1' } as never).then(
              () => undefined,
              (thrown: unknown) => thrown,
            ),
          );
          let rest = Buffer.concat(frames);
          for (const cut of cuts) {
            socket.push(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          socket.push(rest);
          await new Promise((resolve) => setImmediate(resolve));
          socket.destroy();
          await stream.closed;
          for (const thrown of await Promise.all(calls)) {
            answered += 1;
            if (thrown === undefined) continue;
            expect(thrown).toBeInstanceOf(DrydockError);
            errorBodySchema.parse({ error: (thrown as DrydockError).toBody() });
          }
        },
      ),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    expect(answered).toBe(4 * RUNS);
  },
);
