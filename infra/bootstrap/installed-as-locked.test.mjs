import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedAsLocked } from './installed-as-locked.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-locked-'));
  mkdirSync(join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

const a = { version: '1.0.0', integrity: 'sha512-a' };
const b = { version: '2.0.0', integrity: 'sha512-b' };

function answer(locked, installed) {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'apps/web': {}, ...locked } }));
  if (installed) writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  return installedAsLocked(root);
}

describe('node_modules', () => {
  it('are taken for installed when every locked package is there', () => {
    expect(answer({ 'node_modules/a': a, 'node_modules/b': b }, { 'node_modules/a': a, 'node_modules/b': b })).toBe(
      true,
    );
  });
  it('may lack what is optional, such as binaries of other platforms', () => {
    expect(answer({ 'node_modules/a': a, 'node_modules/b': { ...b, optional: true } }, { 'node_modules/a': a })).toBe(
      true,
    );
  });
  it.each([
    ['nothing is installed', { 'node_modules/a': a }, undefined],
    ['a package is missing', { 'node_modules/a': a, 'node_modules/b': b }, { 'node_modules/a': a }],
    ['a package has another version', { 'node_modules/a': a }, { 'node_modules/a': { ...a, version: '1.0.1' } }],
    ['a package has another content', { 'node_modules/a': a }, { 'node_modules/a': { ...a, integrity: 'sha512-x' } }],
    ['a package was locked no more', { 'node_modules/a': a }, { 'node_modules/a': a, 'node_modules/b': b }],
  ])('are installed anew when %s', (_, locked, installed) => {
    expect(answer(locked, installed)).toBe(false);
  });
});
