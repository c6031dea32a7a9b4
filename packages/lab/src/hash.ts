/** Keys and digests: SHA-256 in plain JavaScript, since a browser's own is asynchronous. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { fileSize, type LabFiles } from './source/lab-files.ts';

/** The whole SHA-256 of a text, as hex. */
export function hashText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** 64 bits of it: enough for the keys of one lab. */
export function shortHash(text: string): string {
  return hashText(text).slice(0, 16);
}

/** The digest of all files of a lab: paths, contents and executable bits, in the order of paths; no two lists of files look alike. */
export function digestFiles(files: LabFiles): string {
  const hash = sha256.create();
  for (const [path, file] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const content = 'text' in file ? hashText(file.text) : file.digest;
    hash.update(utf8ToBytes(JSON.stringify([path, content, fileSize(file), file.executable === true])));
  }
  return bytesToHex(hash.digest());
}

/** JSON with sorted keys: the same for what means the same. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
    .join(',')}}`;
}
