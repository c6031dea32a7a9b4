import { describe, expect, test } from 'vitest';
import { type ChangeError, changedText, type ShownFile } from './file-writer.ts';

const file = (change: ShownFile['change'], text: string): ShownFile => ({
  kind: 'file' as const,
  key: 'k',
  path: '/root/a',
  lang: '',
  text,
  change,
});
const BEFORE = 'one\ntwo\nthree\n';

describe('a file block', () => {
  test('writes its text with a newline at the end, and adds it to what is there', async () => {
    expect(await changedText(BEFORE, file({ mode: 'write' }, 'new'))).toBe('new\n');
    expect(await changedText('no newline', file({ mode: 'append' }, 'more\n'))).toBe('no newline\nmore\n');
  });

  test('stands before or after the first line that its pattern finds', async () => {
    expect(await changedText(BEFORE, file({ mode: 'before', pattern: '^t' }, 'x\n'))).toBe('one\nx\ntwo\nthree\n');
    expect(await changedText(BEFORE, file({ mode: 'after', pattern: 'two' }, 'x'))).toBe('one\ntwo\nx\nthree\n');
  });

  test('applies a patch', async () => {
    const patch = '--- a\n+++ a\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n';
    expect(await changedText(BEFORE, file({ mode: 'patch' }, patch))).toBe('one\nTWO\nthree\n');
  });

  test('says why it does not fit, and changes nothing', async () => {
    const why = (promise: Promise<string>) => promise.catch((error: ChangeError) => error.why);
    expect(await why(changedText(BEFORE, file({ mode: 'after', pattern: 'four' }, 'x')))).toBe('no-line');
    const patch = '--- a\n+++ a\n@@ -1,3 +1,3 @@\n 1\n-2\n+3\n 4\n';
    expect(await why(changedText(BEFORE, file({ mode: 'patch' }, patch)))).toBe('no-fit');
  });
});
