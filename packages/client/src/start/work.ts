/** `@drydock/client/work`: the computing that a start costs where the operator asks for it (WORK_REQUIRED, A11b). */
import { sha256 } from './sha256.ts';

export interface Challenge {
  challenge: string;
  bits: number;
}

/** The challenge of an error's details, when they hold one. */
export function challengeOf({ challenge, bits }: Record<string, unknown>): Challenge | null {
  return typeof challenge === 'string' && typeof bits === 'number' ? { challenge, bits } : null;
}

/** The first number whose hash with the challenge begins with `bits` zero bits; found by trying, while nothing else runs. */
export function findAnswer({ challenge, bits }: Challenge): string {
  for (let number = 0; ; number += 1) {
    const [first = 0, second = 0] = sha256(`${challenge}:${number}`);
    const zeros = first === 0 ? 32 + Math.clz32(second) : Math.clz32(first);
    if (zeros >= bits) return String(number);
  }
}
