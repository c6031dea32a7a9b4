/** `@drydock/client/work`: the computing that a start costs where the operator asks for it (WORK_REQUIRED, A11b). */
import { sha256 } from './sha256.ts';

export interface Challenge {
  challenge: string;
  bits: number;
}

/** The most that a server may ask for; the protocol's MAX_WORK_BITS, without its schemas. Beyond, no answer would be found in this life. */
export const MAX_BITS = 24;
/** The longest challenge (characters): each attempt reads it. */
const MAX_CHALLENGE = 512;

/** The challenge of an error's details, when they hold one that can be met. */
export function challengeOf({ challenge, bits }: Record<string, unknown>): Challenge | null {
  if (typeof challenge !== 'string' || typeof bits !== 'number') return null;
  const canBeMet = Number.isInteger(bits) && bits >= 0 && bits <= MAX_BITS && challenge.length <= MAX_CHALLENGE;
  return canBeMet ? { challenge, bits } : null;
}

/** The first number whose hash with the challenge begins with `bits` zero bits; found by trying, while nothing else runs. */
export function findAnswer({ challenge, bits }: Challenge): string {
  for (let number = 0; ; number += 1) {
    const [first = 0, second = 0] = sha256(`${challenge}:${number}`);
    const zeros = first === 0 ? 32 + Math.clz32(second) : Math.clz32(first);
    if (zeros >= bits) return String(number);
  }
}
