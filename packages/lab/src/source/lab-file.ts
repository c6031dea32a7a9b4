/** A file's bytes as the compiler takes them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { LabFile } from './lab-files.ts';

/** Browsers and Node.js both have it; types of a platform would bring its other globals too. */
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string };

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Its text where it is UTF-8 without a zero byte, else what identifies it. */
export function labFileOf(bytes: Uint8Array, executable: boolean): LabFile {
  const isExecutable = executable ? { executable: true } : {};
  const text = textOf(bytes);
  if (text !== undefined) return { text, ...isExecutable };
  return { size: bytes.length, digest: bytesToHex(sha256(bytes)), ...isExecutable };
}
