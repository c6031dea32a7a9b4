import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.mjs';
import { createStamp } from './step-stamp.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-hash-'));
  mkdirSync(join(root, 'src/deep'), { recursive: true });
  writeFileSync(join(root, 'src/a.ts'), 'a');
  writeFileSync(join(root, 'src/deep/b.ts'), 'b');
});
afterEach(() => rmSync(root, { recursive: true }));

const hash = (salt) => contentHash(root, ['src'], salt);

describe('the content hash', () => {
  it('stays the same when only dates change', () => {
    const before = hash();
    utimesSync(join(root, 'src/a.ts'), 1, 1);
    expect(hash()).toBe(before);
  });

  it.each([
    ['a byte changes', () => writeFileSync(join(root, 'src/deep/b.ts'), 'c')],
    ['a file comes', () => writeFileSync(join(root, 'src/c.ts'), '')],
    ['a file goes', () => rmSync(join(root, 'src/a.ts'))],
    ['a file becomes executable', () => chmodSync(join(root, 'src/a.ts'), 0o755)],
    [
      'content moves from one file to another',
      () => {
        writeFileSync(join(root, 'src/a.ts'), 'b');
        writeFileSync(join(root, 'src/deep/b.ts'), 'a');
      },
    ],
  ])('changes when %s', (_, change) => {
    const before = hash();
    change();
    expect(hash()).not.toBe(before);
  });

  it('changes with its salt and with a path that is missing', () => {
    expect(hash(['1'])).not.toBe(hash(['2']));
    expect(contentHash(root, ['src', 'none'])).not.toBe(hash());
  });

  it('ignores what builds write', () => {
    const before = hash();
    for (const folder of ['node_modules', 'dist', 'build', '.next']) {
      mkdirSync(join(root, 'src', folder));
      writeFileSync(join(root, 'src', folder, 'x'), 'x');
    }
    writeFileSync(join(root, 'src/tsconfig.tsbuildinfo'), 'x');
    expect(hash()).toBe(before);
  });
});

describe('a stamp', () => {
  it('matches only the same hash, and only while the outputs are there', () => {
    const stamp = createStamp(join(root, 'stamps'), 'x');
    const output = join(root, 'src/a.ts');
    expect(stamp.matches('1', [])).toBe(false);
    stamp.set('1', 5);
    expect(stamp.matches('1', [output])).toBe(true);
    expect(stamp.matches('2', [output])).toBe(false);
    rmSync(output);
    expect(stamp.matches('1', [output])).toBe(false);
  });

  it('that was cleared matches nothing: an interrupted step runs again', () => {
    const stamp = createStamp(join(root, 'stamps'), 'x');
    stamp.set('1', 5);
    stamp.clear();
    expect(stamp.matches('1', [])).toBe(false);
  });
});
