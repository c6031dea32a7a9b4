/** Output that a program writes which means harm to a parser: every sequence, with parameters up to the largest, among characters of all kinds. */
import fc from 'fast-check';

const FINALS = Array.from({ length: 0x7f - 0x40 }, (_, i) => String.fromCharCode(0x40 + i));

const parameter = fc.constantFrom('', '0', '1', '7', '39', '40', '65535', '99999999', '2147483647', '4294967296');

const sequence = fc
  .tuple(
    fc.constantFrom('\x1b[', '\u009b'),
    fc.constantFrom('', '', '', '?', '>', '='),
    fc.array(parameter, { maxLength: 4 }),
    fc.constantFrom('', '', '', ' ', "'", '$', '"', '!', '#'),
    fc.constantFrom(...FINALS),
  )
  .map(([csi, prefix, parameters, between, final]) => `${csi}${prefix}${parameters.join(';')}${between}${final}`);

const text = fc.constantFrom(
  ...['a', 'a\u0301\u0301', '\u0301'.repeat(40), '日', '👩‍👩‍👧', '\r\n', '\t', '\x1b'],
  ...['\x1bM', '\x1bH', '\x1b#8', '\x1bc', '\x1b[?1049h', '\x1b[?1049l', '\x1b[2;5r', '\x1b(0', '\x0e'],
  ...[
    '\x1b]2;title\x07',
    '\x1b]8;;https://a.example\x1b\\',
    `\x1b]8;;https://${'a'.repeat(5000)}\x07`,
    '\x1bP$qm\x1b\\',
  ],
);

/** Such output of at most `maxLength` parts. */
export function hostileOutput(maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.oneof(sequence, text), { maxLength }).map((parts) => parts.join(''));
}
