import { describe, expect, test } from 'vitest';
import { keyBytes } from './key-bytes.ts';
import { commandsOf, typedText } from './typed-text.ts';

describe('what is typed for a block', () => {
  test('is each command by itself, with the Enter that ends it', () => {
    expect(commandsOf('docker ps\n\ndocker run \\\n  busybox true\ncat <<EOF\na\nEOF\n')).toEqual([
      'docker ps',
      '\ndocker run \\\n  busybox true',
      'cat <<EOF\na\nEOF',
    ]);
    expect(typedText('docker ps', true)).toBe('docker ps\r');
  });

  test('goes as one paste where pastes are told apart, else line by line with Enter keys', () => {
    expect(typedText('a\n\tb', true)).toBe('\x1b[200~a\n\tb\x1b[201~\r');
    expect(typedText('a\nb', false)).toBe('a\rb\r');
  });

  test('of keys is what a terminal sends for them', () => {
    const sent = [
      { key: 'esc' },
      { text: ':wq' },
      { key: 'enter' },
      { key: 'ctrl-c' },
      { key: 'alt-b' },
      { key: 'f5' },
    ];
    expect(sent.map(keyBytes).join('|')).toBe('\x1b|:wq|\r|\x03|\x1bb|\x1b[15~');
    expect(keyBytes({ key: 'shift-f12' })).toBe('');
  });
});
