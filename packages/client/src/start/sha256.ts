/** SHA-256 (FIPS 180-4) of short ASCII texts: `crypto.subtle` is missing on plain HTTP, and a promise for each attempt would cost more than the hash. */

/** The first 32 bits of the fractional parts of a root of the first primes. */
function roots(count: number, exponent: number): Uint32Array {
  const words = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate += 1) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) if (candidate % divisor === 0) isPrime = false;
    if (!isPrime) continue;
    const root = candidate ** exponent;
    words[found] = (root - Math.floor(root)) * 2 ** 32;
    found += 1;
  }
  return words;
}

const START = roots(8, 1 / 2);
const ROUNDS = roots(64, 1 / 3);
const BLOCK_BYTES = 64;

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** The text with the padding that the standard gives it, as big-endian words. */
function padded(text: string): Uint32Array {
  // One bit, and eight bytes of length.
  const blocks = Math.ceil((text.length + 9) / BLOCK_BYTES);
  const words = new Uint32Array(blocks * 16);
  for (let at = 0; at <= text.length; at += 1) {
    const byte = at < text.length ? text.charCodeAt(at) : 0x80;
    words[at >> 2] = (words[at >> 2] as number) | (byte << (24 - 8 * (at & 3)));
  }
  words[words.length - 1] = text.length * 8;
  return words;
}

/** The hash as eight words. */
export function sha256(text: string): Uint32Array {
  const words = padded(text);
  const state = START.slice();
  const schedule = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    schedule.set(words.subarray(block, block + 16));
    for (let at = 16; at < 64; at += 1) {
      const [w15, w2] = [schedule[at - 15] as number, schedule[at - 2] as number];
      const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
      const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
      schedule[at] = (schedule[at - 16] as number) + s0 + (schedule[at - 7] as number) + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let at = 0; at < 64; at += 1) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[at] as number) + (schedule[at] as number)) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] as number) + value;
  }
  return state;
}
