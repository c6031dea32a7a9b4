import { createManualClock } from '@drydock/service-kit';
import packet from 'dns-packet';
import { expect, test } from 'vitest';
import { createInternetProbe } from './internet-probe.ts';

function upstreamThat(answer: (query: packet.Packet) => Buffer | undefined) {
  const upstream = {
    asked: 0,
    ask: async (query: Buffer) => {
      upstream.asked++;
      return answer(packet.decode(query));
    },
  };
  return upstream;
}

const root = { type: 'NS', name: '.', ttl: 60, data: 'a.root.example' } as const;

test('a resolver that knows the root has an internet behind it', async () => {
  const upstream = upstreamThat(({ id, questions }) =>
    packet.encode({ type: 'response', id: id ?? 0, questions: questions ?? [], answers: [root] }),
  );
  expect(await createInternetProbe(upstream, createManualClock())()).toBe(true);
});

test.each([
  ['silent', () => undefined],
  ['without an answer', ({ id }: packet.Packet) => packet.encode({ type: 'response', id: id ?? 0, flags: 3 })],
  ['broken', () => Buffer.from('x')],
])('a resolver that is %s has none', async (_, answer) => {
  expect(await createInternetProbe(upstreamThat(answer), createManualClock())()).toBe(false);
});

test('many who ask at once cost one question, and a change shows after ten seconds', async () => {
  const clock = createManualClock();
  const upstream = upstreamThat(() => undefined);
  const probe = createInternetProbe(upstream, clock);
  await Promise.all(Array.from({ length: 30 }, probe));
  expect(upstream.asked).toBe(1);
  clock.advance(10_001);
  await probe();
  expect(upstream.asked).toBe(2);
});
