import { createHash } from 'node:crypto';
import { leadingZeroBits, type Work } from '@drydock/protocol';
import { afterEach, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

let test: TestManager;
afterEach(() => test.stop());

function solve(challenge: string, bits: number): Work {
  for (let answer = 0; ; answer += 1) {
    const hash = createHash('sha256').update(`${challenge}:${answer}`).digest();
    if (leadingZeroBits(hash) >= bits) return { challenge, answer: String(answer) };
  }
}

it('a start costs work, each answer is good once, and none is that nobody asked for', async () => {
  const settings = { workBits: 8, rates: { ...GENEROUS, creates: { burst: 2, perSecond: 0.001 } } };
  test = await startTestManager({ settings });
  await test.host();
  const create = (work?: Work) => test.call('POST', '/sessions', { body: work === undefined ? {} : { work } });
  const ask = async () => {
    const { status, body } = await create();
    expect(status).toBe(401);
    const { error } = body as { error: { code: string; details: { challenge: string; bits: number } } };
    expect(error).toMatchObject({ code: 'WORK_REQUIRED', details: { bits: 8 } });
    return error.details;
  };
  // Asking does not use up the address's creations.
  for (let times = 0; times < 5; times += 1) await ask();
  const { challenge, bits } = await ask();
  expect((await ask()).challenge).not.toBe(challenge);
  const work = solve(challenge, bits);
  const wrong = solve(challenge, 1);
  if (wrong.answer !== work.answer) expect((await create(wrong)).status).toBe(401);
  expect((await create(work)).status).toBe(201);
  expect((await create(work)).status).toBe(401);
  const [payload = ''] = challenge.split('.');
  for (const forged of ['free', `${payload}.${'a'.repeat(43)}`]) {
    expect((await create(solve(forged, bits))).status).toBe(401);
  }
});

const GENEROUS = { calls: { burst: 1e5, perSecond: 1e5 }, wrongTokens: { burst: 1e5, perSecond: 1e5 } };
