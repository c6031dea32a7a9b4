import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { labFileOf } from './lab-file.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('a file is its text where it is text, and else its size and SHA-256', () => {
  expect(labFileOf(bytesOf('ä\n'), false)).toEqual({ text: 'ä\n' });
  for (const bytes of [Uint8Array.of(0xff, 0xfe), bytesOf('a\0b')]) {
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(labFileOf(bytes, false)).toEqual({ size: bytes.length, digest });
  }
});

test('it says that it is executable only where it is', () => {
  expect(labFileOf(bytesOf('#!/bin/sh\n'), true)).toEqual({ text: '#!/bin/sh\n', executable: true });
  expect(labFileOf(Uint8Array.of(0), true)).toMatchObject({ size: 1, executable: true });
});
