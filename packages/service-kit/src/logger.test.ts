import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';

/** What is written of an error. */
function written(err: unknown): string {
  const lines: string[] = [];
  createLogger('test', 'info', { write: (line: string) => void lines.push(line) }).warn({ err }, 'failed');
  return lines.join('');
}
const refused = (message: string) =>
  Object.assign(new Error(message), { command: { name: 'hello', args: ['3', 'AUTH', 'place', 'sesame'] } });

it('an error is written with its words, its code and its causes', () => {
  const cause = Object.assign(new Error('the inner reason'), { code: 'ECONNREFUSED', port: 6379 });
  const text = written(Object.assign(new Error('out of reach', { cause }), { code: 'AWAY', details: { limit: 3 } }));
  for (const part of ['out of reach', 'the inner reason', '"code":"AWAY"', '"limit":3', 'logger.test.ts'])
    expect(text).toContain(part);
  expect(JSON.parse(written(cause)).err).toMatchObject({ type: 'Error', code: 'ECONNREFUSED', port: 6379 });
});

it('what a library was sent is not written with its error, at any depth', () => {
  const errors = [
    refused('one'),
    new Error('two', { cause: refused('inner') }),
    new AggregateError([refused('first'), refused('second')], 'three'),
    Object.assign(new Error('four'), { lastNodeError: refused('of a node'), previousErrors: [refused('before')] }),
  ];
  const text = errors.map(written).join('');
  expect(text).not.toContain('sesame');
  for (const part of ['one', 'two', 'inner', 'three', 'second', 'four', 'of a node']) expect(text).toContain(part);
});

it('what is thrown and is no error is written as it is', () => {
  expect(JSON.parse(written('a word')).err).toBe('a word');
});
