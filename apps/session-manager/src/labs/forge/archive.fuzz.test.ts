import { gzipSync } from 'node:zlib';
import { MAX_LAB_FILES } from '@drydock/lab';
import { DrydockError } from '@drydock/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filesOfArchive } from './archive.ts';
import { readTar } from './tar.ts';

interface Header {
  name: string;
  prefix: string;
  size: string;
  mode: string;
  flag: string;
  magic: string;
  isDamaged: boolean;
  content: Buffer;
}

function header({ name, prefix, size, mode, flag, magic, isDamaged, content }: Header): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write(mode, 100, 8);
  block.write(size, 124, 12);
  block.write(flag, 156, 1);
  block.write(magic, 257, 6);
  block.write(prefix, 345, 155);
  block.write('        ', 148);
  const sum = block.reduce((all, byte) => all + byte, 0) + (isDamaged ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

const plain = (name: string, flag: string, content = '') =>
  header({
    name,
    prefix: '',
    size: content.length.toString(8),
    mode: '644',
    flag,
    magic: 'ustar\0',
    isDamaged: false,
    content: Buffer.from(content),
  });

const part = fc.constantFrom(
  'repo',
  'labs',
  'a',
  'lab.md',
  'LAB.MD',
  '..',
  '.',
  '',
  ' ',
  'ä',
  'a\u0308',
  '\ud800',
  '__proto__',
  'con',
  'x'.repeat(200),
  '\u001b[2J',
  '\\',
  'c:',
);
const path = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
  part.map((name) => `repo/labs/a/${name}`),
);
const pax = fc
  .array(
    fc.oneof(
      path.map((name) => ['path', name]),
      fc.constantFrom('0', '1', '512', '99999999999', '-1', '1e3', '').map((size) => ['size', size]),
      fc
        .constantFrom('linkpath', 'GNU.sparse.size', 'GNU.sparse.realsize', '__proto__')
        .map((name) => [name, '9999999999']),
    ),
    { maxLength: 4 },
  )
  .map((fields) =>
    fields
      .map(([name, value]) => {
        const rest = ` ${name}=${value}\n`;
        const bytes = Buffer.byteLength(rest);
        const length = bytes + String(bytes + 2).length;
        return `${length}${rest}`;
      })
      .join(''),
  );
const entry = fc
  .record({
    name: path,
    prefix: fc.oneof(fc.constant(''), path),
    size: fc.constantFrom('', '', '', '0', '7777777', '77777777777', '-1', '9', '\u0080\0\0\0', 'x'),
    mode: fc.constantFrom('0000644', '0004755', 'zzz', ''),
    flag: fc.constantFrom(
      '0',
      '0',
      '0',
      '\0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      'S',
      'V',
      'x',
      'g',
      'L',
      'K',
      '\u00ff',
    ),
    magic: fc.constantFrom('ustar\0', 'ustar ', ''),
    isDamaged: fc.nat(19).map((number) => number === 0),
    content: fc.oneof(
      pax.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map((made) => header({ ...made, size: made.size === '' ? made.content.length.toString(8) : made.size }));

const honest = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'b', 'B', '/', '.', 'ä') });
const plainEntry = honest.map((name) => plain(`repo/labs/a/x${name}`, '0', name));
const entries = fc.oneof(
  fc.array(fc.oneof({ arbitrary: plainEntry, weight: 8 }, entry), { maxLength: 8 }),
  fc.array(entry, { maxLength: 4 }),
);

test('an archive of any entries is a lab of plain names, or refused', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(entries, fc.nat(600), async (made, cut) => {
      const whole = Buffer.concat(made);
      const archive = gzipSync(cut % 5 === 0 ? whole.subarray(0, Math.max(0, whole.length - cut)) : whole);
      const files = await filesOfArchive(archive, 'labs/a').catch((error: unknown) => {
        if (!(error instanceof DrydockError) || error.code !== 'LAB_INVALID') throw error;
        return new Map();
      });
      taken += files.size;
      expect(files.size).toBeLessThanOrEqual(MAX_LAB_FILES);
      for (const [name, { bytes }] of files) {
        expect(name).not.toMatch(/^\/|[\p{Cc}\\]/u);
        expect(name.split('/')).not.toContain('..');
        expect(Buffer.isBuffer(bytes)).toBe(true);
      }
    }),
    { numRuns: 600, seed: 20_261_207 },
  );
  expect(taken).toBeGreaterThan(20);
});

/** What unpacks to as much as may be, of one kind of block. */
function bomb(block: Buffer, bytes: number): Buffer {
  return Buffer.alloc(bytes - (bytes % block.length), block);
}

test.each([
  ['headers of nothing', plain('x', 'x')],
  ['long names', plain('x', 'L', 'x'.repeat(60_000))],
  ['headers of many fields', plain('x', 'x', '5 a=\n'.repeat(13_000))],
  ['directories', plain('x/y', '5')],
])('a small archive that holds nothing but %s is refused before it is read to its end', (_, block) => {
  let read = 0;
  const unpacked = bomb(block, 64 * 1024 * 1024);
  // A view that knows how far it was read.
  const watched = new Proxy(unpacked, {
    get(target, name) {
      if (name !== 'subarray') return Reflect.get(target, name, target);
      return (from: number, to: number) => {
        read = Math.max(read, from);
        return target.subarray(from, to);
      };
    },
  });
  expect(() => {
    let entries = 0;
    for (const { type } of readTar(watched)) if (type === 'directory' && ++entries > 20_000) throw new Error('enough');
  }).toThrow();
  expect(read).toBeLessThan(unpacked.length / 2);
});
