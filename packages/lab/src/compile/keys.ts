/** Names of keys in a `keys` block. */
import type { Key } from '../blocks.ts';
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';

const NAMES = [
  'enter',
  'esc',
  'tab',
  'space',
  'backspace',
  'delete',
  'insert',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pageup',
  'pagedown',
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
] as const;
const CHORD = /^(ctrl|alt|shift)-(.+)$/;

/** `ctrl-c`, `esc :wq enter`: names are keys, any other word is typed as it stands. */
export function readKeys(text: string, place: Place, findings: Findings): Key[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 200)
    .map((word): Key => {
      const name = word.toLowerCase();
      if (NAMES.some((known) => known === name)) return { key: name };
      const chord = CHORD.exec(name);
      if (chord === null) {
        const near = word.length > 3 ? didYouMean(name, NAMES) : '';
        if (near !== '') findings.add('KEY_NAME_UNKNOWN', place, `"${word}" is no key.${near}`);
        return { text: word };
      }
      const [, , key = ''] = chord;
      if ([...key].length === 1 || NAMES.some((known) => known === key)) return { key: name };
      findings.add(
        'KEY_NAME_UNKNOWN',
        place,
        `"${word}" is no key: after "${chord[1]}-" stands one letter or a key's name.`,
      );
      return { text: word };
    });
}
