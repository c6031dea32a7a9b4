import { errorBodySchema, type SessionCall, sessionCalls } from '@drydock/protocol';
import fc from 'fast-check';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';
import { besideSchema, fromSchema, hostile, type JsonSchema } from './json-arbitrary.ts';

let test: TestManager;
let agent: FixtureAgent;

beforeAll(async () => {
  test = await startTestManager();
  agent = await test.host({ maxNodes: 1000 });
});
afterAll(() => test.stop());

const schemaOf = (name: SessionCall) =>
  z.toJSONSchema(sessionCalls[name].request, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

async function aliveSession() {
  const { session, token } = await test.createSession();
  await test.call('POST', `/sessions/${session.id}/nodes`, { token });
  const open = () => test.openPage(session.id, token).then(({ socket }) => socket);
  const first = await open();
  const { terminalId } = await first.timeout(5000).emitWithAck('terminal:open', { node: 'node1', cols: 80, rows: 24 });
  return { open, first, terminalId: String(terminalId), session, token };
}

it.each(inject('seeds'))(
  'a page may say what it likes: it is answered, refused or closed, and nobody else notices (seed %i)',
  async (seed) => {
    const { open, first, terminalId, session, token } = await aliveSession();
    const witness = await open();
    let socket: Socket = first;
    let answered = 0;
    /** Real names among the random ones, so that calls get beyond the first check. */
    const real = (value: unknown) =>
      typeof value !== 'object' || value === null
        ? value
        : { ...value, ...('terminalId' in value ? { terminalId } : {}), ...('node' in value ? { node: 'node1' } : {}) };
    for (const name of [
      ...(Object.keys(sessionCalls) as SessionCall[]),
      'terminal:ack',
      'no:such:call',
      'disconnect ',
      'error',
    ]) {
      const isKnown = Object.hasOwn(sessionCalls, name);
      const schema = isKnown ? schemaOf(name as SessionCall) : {};
      const message = fc.oneof(fromSchema(schema), fromSchema(schema).map(real), besideSchema(schema), hostile);
      await fc.assert(
        fc.asyncProperty(message, fc.boolean(), fc.nat(5), async (given, wantsAnswer, surplus) => {
          if (!socket.connected) socket = await open();
          if (!wantsAnswer || !isKnown) {
            socket.emit(name, given, ...Array.from({ length: surplus }, () => given));
            return;
          }
          const closed = new Promise<undefined>((resolve) => socket.once('disconnect', () => resolve(undefined)));
          const answer = await Promise.race([socket.timeout(5000).emitWithAck(name, given), closed]);
          if (answer === undefined) return;
          answered += 1;
          if (answer.error === undefined) {
            sessionCalls[name as SessionCall].answer.parse(answer);
            return;
          }
          const { error } = errorBodySchema.parse(answer);
          if (error.code === 'INTERNAL') throw new Error(`${name}: ${JSON.stringify(answer)}`);
        }),
        { numRuns: 60, seed, endOnFailure: true },
      );
    }
    expect(answered).toBeGreaterThan(100);
    expect(witness.connected).toBe(true);
    expect(await witness.timeout(5000).emitWithAck('session:ping', {})).toEqual({});
    expect((await test.call('GET', `/sessions/${session.id}`, { token })).status).toBe(200);
  },
  120_000,
);

it.each(inject('seeds'))(
  'an agent may say what it likes: what is malformed is dropped, and the manager goes on (seed %i)',
  async (seed) => {
    // The host of the seed before may still be on its way out for a malformed hello.
    agent.close();
    agent = await test.host({ name: `fuzzed-${seed}`, maxNodes: 1000 });
    const { session, token } = await aliveSession();
    const events = ['fact', 'output', 'screen', 'size', 'exit', 'hello', 'nonsense'];
    const near = fc.record({
      seq: fc.integer(),
      fact: fc.oneof(
        hostile,
        fc.record({ kind: fc.constantFrom('node', 'node-gone', 'ports', 'capacity'), node: hostile }),
      ),
      viewerId: fc.string(),
      offset: fc.oneof(fc.integer(), fc.double()),
      data: hostile,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...events), fc.oneof(hostile, near), async (event, message) => {
        // A malformed hello ends the connection, as it should.
        if (!agent.allGreeted()) await agent.connect();
        agent.emit(event, message);
      }),
      { numRuns: 200, seed, endOnFailure: true },
    );
    if (!agent.allGreeted()) await agent.connect();
    const answer = await test.call('GET', `/sessions/${session.id}`, { token });
    expect(answer).toMatchObject({ status: 200, body: { nodes: [{ name: 'node1', state: 'running' }] } });
  },
  60_000,
);
