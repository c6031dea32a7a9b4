import { expect, test } from 'vitest';
import { createOutputLog } from '../output-log.ts';
import { plainPicture } from './plain-picture.ts';

function logOf(text: string) {
  const log = createOutputLog({ size: { cols: 20, rows: 5 }, beforeDrop: () => undefined });
  log.append(Buffer.from(text));
  return log;
}

test('the last lines are shown as plain text below a sentence that says so', () => {
  const picture = plainPicture(
    logOf(Array.from({ length: 50 }, (_, i) => `\x1b[3${i % 8}mline ${i}\x1b[m\r\n`).join('')),
  );
  const [sentence, ...lines] = picture.split('\r\n');
  expect(sentence).toContain('could not be drawn');
  expect(lines).toEqual(['line 47', 'line 48', 'line 49', '']);
});

test('nothing is left that a parser would obey', () => {
  const hostile = 'a\x1b[2147483647bb\x1b]52;c;eA==\x07c\u009b2Jd\x1bP$qm\x1b\\e\x9c\x1b[12';
  const picture = plainPicture(logOf(hostile)).split('\r\n').slice(1).join('');
  expect([...picture].filter((character) => character < ' ' || (character >= '\x7f' && character <= '\u009f'))).toEqual(
    [],
  );
});

test('a line is no longer than the screen is wide', () => {
  expect(plainPicture(logOf('x'.repeat(1000))).split('\r\n')[1]).toHaveLength(20);
});
