/** Makes starting sessions cost a little computing: nothing for a person, a lot for whoever starts thousands. Keeps only what was spent. */
import { createHash, randomBytes } from 'node:crypto';
import { DrydockError, leadingZeroBits, type Work } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { createSignedValues } from '../sign-in/signed-values.ts';

/** How long an answer may take, and is remembered as spent (ms): a slow telephone needs a minute at the usual number of bits. */
const CHALLENGE_MS = 5 * 60_000;

export interface WorkGate {
  /** Takes work once. @throws DrydockError WORK_REQUIRED with a new challenge for none, a wrong or a spent one; STORE_UNAVAILABLE. */
  take(work: Work | undefined): Promise<void>;
}

/** Builds the gate; `once` is true for the first who says a word within its time, over all managers. */
export function createWorkGate(deps: {
  bits: number;
  secret: string;
  once(word: string, ttlMs: number): Promise<boolean>;
  clock: Clock;
}): WorkGate {
  const { bits, secret, once, clock } = deps;
  const challenges = createSignedValues({ secret, purpose: 'work', clock });
  const isDone = ({ challenge, answer }: Work) =>
    challenges.open(challenge) === bits &&
    leadingZeroBits(createHash('sha256').update(`${challenge}:${answer}`).digest()) >= bits;

  return {
    async take(work) {
      if (work !== undefined && isDone(work) && (await once(`work ${work.challenge}`, CHALLENGE_MS))) return;
      // A random word makes each challenge one of its own.
      const challenge = challenges.seal(bits, CHALLENGE_MS, randomBytes(9).toString('base64url'));
      throw new DrydockError('WORK_REQUIRED', undefined, { challenge, bits });
    },
  };
}
