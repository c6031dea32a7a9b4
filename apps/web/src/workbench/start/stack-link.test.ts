import { describe, expect, it } from 'vitest';
import { stackCommand, wantedStack } from './stack-link.ts';

const search = (stack: string, name?: string) =>
  `?${new URLSearchParams({ stack, ...(name === undefined ? {} : { stack_name: name }) })}`;

describe('a link with a stack', () => {
  it('is understood as Play with Docker’s badges have it', () => {
    expect(wantedStack(search('https://example.org/raw/stack.yml', 'voting'))).toEqual({
      kind: 'stack',
      stack: { url: 'https://example.org/raw/stack.yml', name: 'voting' },
    });
    expect(wantedStack('')).toEqual({ kind: 'none' });
    expect(wantedStack('?stack=')).toEqual({ kind: 'none' });
  });

  it.each([
    'stack.yml',
    '/nginx/stack.yml',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.org/',
    `https://example.org/${'a'.repeat(2000)}`,
  ])('to %s is told as unusable', (given) => {
    expect(wantedStack(search(given))).toEqual({ kind: 'unusable', given: given.slice(0, 200) });
  });

  it.each(['-x', '$(reboot)', 'a b', 'ü', ''])('has a plain name when it asks for %j', (name) => {
    expect(wantedStack(search('https://example.org/a', name))).toMatchObject({ stack: { name: 'stack' } });
  });

  it.each([
    "https://example.org/it's/a.yml",
    'https://example.org/$(touch pwned);`id`/"a".yml?x=1&y=2#z',
    'https://example.org/a\nrm -rf /',
  ])('reaches the shell as one word: %j', (given) => {
    const wanted = wantedStack(search(given));
    if (wanted.kind !== 'stack') throw new Error('unusable');
    const command = stackCommand(wanted.stack);
    expect(command).not.toMatch(/[\r\n]/);
    // A quote within quotes ends them, stands for itself, and begins them again (POSIX shell, 2.2.1 and 2.2.2).
    const word = /-o compose\.yaml ('(?:[^']|'\\'')*') && docker/.exec(command)?.[1] ?? '';
    expect(word.slice(1, -1).replaceAll("'\\''", "'")).toBe(wanted.stack.url);
  });
});
