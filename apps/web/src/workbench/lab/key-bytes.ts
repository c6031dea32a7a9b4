/** Named keys of a lab's `keys` blocks as the bytes that a terminal sends for them (xterm's ctlseqs, normal cursor keys). */
import type { Key } from '@drydock/lab';

const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  space: ' ',
  backspace: '\x7f',
  delete: '\x1b[3~',
  insert: '\x1b[2~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  'shift-tab': '\x1b[Z',
  ...Object.fromEntries(['P', 'Q', 'R', 'S'].map((letter, index) => [`f${index + 1}`, `\x1bO${letter}`])),
  ...Object.fromEntries([15, 17, 18, 19, 20, 21, 23, 24].map((code, index) => [`f${index + 5}`, `\x1b[${code}~`])),
};

/** What is sent for a key; a chord that terminals cannot send sends nothing. */
export function keyBytes(key: Key): string {
  if ('text' in key) return key.text;
  const [, chord, of = ''] = /^(ctrl|alt)-(.+)$/.exec(key.key) ?? [];
  if (chord === 'ctrl') return of === 'space' ? '\0' : String.fromCharCode(of.toUpperCase().charCodeAt(0) & 0x1f);
  if (chord === 'alt') return `\x1b${NAMED[of] ?? of}`;
  return NAMED[key.key] ?? '';
}
