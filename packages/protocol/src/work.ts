/** A little computing that starting a session may cost: find an `answer` so that SHA-256 of `challenge:answer` begins with so many zero bits. */
import { z } from 'zod';

/** The most that is ever asked: 2^24 attempts are half a minute of a small machine. */
export const MAX_WORK_BITS = 24;

export const workSchema = z.strictObject({
  /** As it came in `details.challenge` of WORK_REQUIRED, beside `details.bits`. */
  challenge: z.string().max(512),
  answer: z.string().regex(/^\d{1,16}$/),
});
export type Work = z.infer<typeof workSchema>;

/** How many bits before the first one that is set. */
export function leadingZeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    bits += Math.clz32(byte) - 24;
    if (byte !== 0) break;
  }
  return bits;
}
