import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderOfReport } from '../terminal/folder.ts';
import {
  crumbsOf,
  isWithin,
  joinPath,
  movedPath,
  nameOf,
  nameProblem,
  parentOf,
  resolvePath,
  shownName,
} from './path.ts';

const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => nameProblem(text) === null);

describe('paths', () => {
  it('come apart as they were joined, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        const path = names.reduce(joinPath, '/');
        expect(nameOf(path)).toBe(names.at(-1));
        expect(joinPath(parentOf(path), nameOf(path))).toBe(path);
        expect(crumbsOf(path).map((crumb) => crumb.name)).toEqual(['/', ...names]);
        expect(resolvePath('/elsewhere', path)).toBe(path);
      }),
    );
  });

  it('follow a folder that was moved, and no other of a like name', () => {
    expect(movedPath('/root/a/b', '/root/a', '/tmp/x')).toBe('/tmp/x/b');
    expect(movedPath('/root/ab', '/root/a', '/tmp/x')).toBe('/root/ab');
    expect(isWithin('/root/ab', '/root/a')).toBe(false);
    expect(isWithin('/etc', '/')).toBe(true);
  });

  it('are read as a shell reads them', () => {
    expect(resolvePath('/root/app', '../other/./x//y')).toBe('/root/other/x/y');
    expect(resolvePath('/root', '../../../..')).toBe('/');
    expect(resolvePath('/root', '/etc/')).toBe('/etc');
  });
});

describe('names', () => {
  it('are refused when no file can have them', () => {
    expect(['', '.', '..', 'a/b', 'a\0', 'ü'.repeat(128)].map(nameProblem)).toEqual([
      ...['empty', 'dots', 'dots', 'slash', 'nul', 'long'],
    ]);
    expect(['-rf', 'a\nb', '...', 'ü'.repeat(127), ' '].map(nameProblem)).toEqual([null, null, null, null, null]);
  });

  it('show what would otherwise hide: line ends, escapes, turned text', () => {
    expect(shownName('a\nb\x1b[31m\x7f')).toBe('a\u240ab\u241b[31m\u2421');
    expect(shownName('exe.\u202egnp')).toBe('exe.\u25afgnp');
    expect(shownName('größe 🚢')).toBe('größe 🚢');
  });
});

describe('the folder of a shell', () => {
  it('is what its prompt reports, with odd characters', () => {
    expect(folderOfReport('file://node1/root/a%20b%0Ac%C3%BC')).toEqual({ host: 'node1', path: '/root/a b\ncü' });
    expect(folderOfReport('file://node1/')).toEqual({ host: 'node1', path: '/' });
  });

  it('is not taken from anything else', () => {
    for (const data of ['', 'http://node1/root', 'file://node1', 'file://no de/x', 'file://node1/%ff'])
      expect(folderOfReport(data)).toBeNull();
  });
});
