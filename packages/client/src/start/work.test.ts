import { leadingZeroBits, MAX_WORK_BITS } from '@drydock/protocol';
import { expect, it } from 'vitest';
import { sha256 } from './sha256.ts';
import { challengeOf, findAnswer, MAX_BITS } from './work.ts';

const digest = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

it('our SHA-256 is that of others, at every length around its blocks', async () => {
  for (let length = 0; length < 260; length += 1) {
    const text = Array.from({ length }, (_, at) => String.fromCharCode(32 + ((at * 7 + length) % 95))).join('');
    const ours = [...sha256(text)].flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255));
    expect(ours).toEqual([...(await digest(text))]);
  }
});

it('an answer has as many zero bits as were asked for', async () => {
  for (const bits of [1, 5, 9, 12]) {
    const answer = findAnswer({ challenge: `word-${bits}`, bits });
    expect(leadingZeroBits(await digest(`word-${bits}:${answer}`))).toBeGreaterThanOrEqual(bits);
  }
});

it('what no machine could answer is no challenge', () => {
  expect(MAX_BITS).toBe(MAX_WORK_BITS);
  expect(challengeOf({ challenge: 'x', bits: MAX_WORK_BITS })).toEqual({ challenge: 'x', bits: MAX_WORK_BITS });
  for (const bits of [MAX_WORK_BITS + 1, 64, 1e300, -1, 0.5, Number.NaN])
    expect(challengeOf({ challenge: 'x', bits })).toBeNull();
  expect(challengeOf({ challenge: 'x'.repeat(513), bits: 1 })).toBeNull();
});
