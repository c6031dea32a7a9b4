/** Reads a tar archive (ustar, with the long names of pax and GNU) that lies in memory. Written out here, since forges' archives use no more of it. */

export interface TarEntry {
  readonly path: string;
  /** `other`: links, devices, pipes, and what nobody knows. */
  readonly type: 'file' | 'directory' | 'other';
  readonly executable: boolean;
  readonly bytes: Buffer;
}

const BLOCK = 512;
/** A pax header or a long name (bytes). */
const MAX_META = 64 * 1024;
/** All of them (bytes): two hundred for each entry that an archive may have. */
const MAX_METAS = 4 * 1024 * 1024;
/** What one pax header says of an entry: honest ones say five things. */
const MAX_FIELDS = 64;
/** Blocks that are headers: an entry of a whole repository has two of its own at most. */
const MAX_HEADERS = 50_000;

/** All entries in their order. @throws Error for what is no tar archive. */
export function* readTar(archive: Buffer): Generator<TarEntry> {
  let longPath: string | undefined;
  let paxSize: number | undefined;
  let headers = 0;
  let metas = 0;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    headers += 1;
    if (headers > MAX_HEADERS) throw new Error('there are too many headers');
    checkSum(header);
    const flag = String.fromCharCode(header[156] ?? 0);
    const isMeta = flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K';
    const size = isMeta ? octal(header, 124, 12) : (paxSize ?? octal(header, 124, 12));
    const begin = at + BLOCK;
    if (begin + size > archive.length) throw new Error('the archive is cut short');
    const bytes = archive.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
    if (isMeta) {
      metas += size;
      if (size > MAX_META || metas > MAX_METAS) throw new Error('a header is too long');
      if (flag === 'L') longPath = text(bytes, 0, size);
      if (flag === 'x') {
        const fields = paxFields(bytes);
        longPath = fields.get('path') ?? longPath;
        const own = fields.get('size');
        paxSize = own === undefined ? undefined : wholeNumber(own);
      }
      continue;
    }
    const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
    const name = text(header, 0, 100);
    yield {
      path: longPath ?? (prefix === '' ? name : `${prefix}/${name}`),
      type: flag === '0' || flag === '\0' ? 'file' : flag === '5' ? 'directory' : 'other',
      executable: (octal(header, 100, 8) & 0o100) !== 0,
      bytes,
    };
    longPath = undefined;
    paxSize = undefined;
  }
}

/** Text up to its first zero byte. */
function text(bytes: Buffer, from: number, length: number): string {
  const part = bytes.subarray(from, from + length);
  const end = part.indexOf(0);
  return part.subarray(0, end < 0 ? part.length : end).toString('utf8');
}

function octal(bytes: Buffer, from: number, length: number): number {
  const digits = text(bytes, from, length).trim();
  if (!/^[0-7]{0,12}$/.test(digits)) throw new Error('a number is none');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function wholeNumber(digits: string): number {
  if (!/^\d{1,12}$/.test(digits)) throw new Error('a number is none');
  return Number(digits);
}

function checkSum(header: Buffer): void {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  if (sum !== octal(header, 148, 8)) throw new Error('a header is damaged');
}

/** `<length> <name>=<value>\n`, one after another. */
function paxFields(bytes: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = wholeNumber(bytes.subarray(at, space < 0 ? at : space).toString('latin1'));
    if (length < 5 || at + length > bytes.length) throw new Error('a header is damaged');
    const [name = '', ...value] = bytes
      .subarray(space + 1, at + length - 1)
      .toString('utf8')
      .split('=');
    fields.set(name, value.join('='));
    count += 1;
    if (count > MAX_FIELDS) throw new Error('a header is too long');
    at += length;
  }
  return fields;
}
