/** Finds the answer of a challenge by trying numbers. */
import { sha256 } from '../base/sha256.ts';
import type { Challenge } from './work.ts';

/** The first number whose hash with the challenge begins with `bits` zero bits. */
export function findAnswer({ challenge, bits }: Challenge): string {
  for (let number = 0; ; number += 1) {
    const [first = 0, second = 0] = sha256(`${challenge}:${number}`);
    const zeros = first === 0 ? 32 + Math.clz32(second) : Math.clz32(first);
    if (zeros >= bits) return String(number);
  }
}
