/** Binary fields: a Buffer in Node.js, an ArrayBuffer in browsers, always a Uint8Array after parsing. */
import { z } from 'zod';

/** Bytes of at most `max` (bytes); accepts what socket.io hands out on either side. */
export function bytesSchema(max: number) {
  return z
    .custom<Uint8Array | ArrayBuffer>((value) => value instanceof Uint8Array || value instanceof ArrayBuffer)
    .transform((value) => (value instanceof Uint8Array ? value : new Uint8Array(value)))
    .refine((value) => value.byteLength <= max, `at most ${max} bytes`);
}
