import { EventEmitter } from 'node:events';
import { MAX_LAST_UNCAUGHT, MAX_UNCAUGHT_STACK, processHealthSchema } from '@drydock/protocol';
import { expect, test } from 'vitest';
import { createManualClock } from './clock.ts';
import { watchProcess } from './process-watch.ts';
import { catchUncaught, createUncaughtErrors, UNCAUGHT_ERROR } from './uncaught-errors.ts';

function setUp() {
  const lines: { where: string; stack: string; message: string }[] = [];
  const clock = createManualClock(1000);
  const logger = { error: (fields: object, message: string) => void lines.push({ ...fields, message } as never) };
  return { lines, clock, errors: createUncaughtErrors({ logger, clock }) };
}

test('each is counted; the last ones are kept with their stacks, and a bounded number is logged per minute', () => {
  const { lines, clock, errors } = setUp();
  for (let index = 0; index < 100; index += 1) errors.report(new Error(`number ${index}`), 'request');
  expect(errors.count()).toBe(100);
  expect(errors.last()).toHaveLength(MAX_LAST_UNCAUGHT);
  expect(errors.last().at(-1)).toMatchObject({
    at: 1000,
    where: 'request',
    stack: expect.stringMatching(/number 99\n/),
  });
  expect(lines).toHaveLength(30);
  expect(lines[0]).toMatchObject({ message: UNCAUGHT_ERROR, where: 'request' });
  clock.advance(60_000);
  errors.report(new Error('later'), 'request');
  expect(lines).toHaveLength(31);
});

test('whatever was thrown is reported, in bounds: no error, a text without end, what cannot be read', () => {
  const { errors } = setUp();
  const unreadable = Object.defineProperty(new Error('x'), 'stack', {
    get() {
      throw new Error('no');
    },
  });
  const odd = [undefined, null, 'text', 'x'.repeat(1_000_000), Object.create(null), Symbol('s'), unreadable];
  for (const thrown of odd) errors.report(thrown, 'w'.repeat(1000));
  expect(errors.count()).toBe(odd.length);
  for (const { stack } of errors.last()) expect(stack.length).toBeLessThanOrEqual(MAX_UNCAUGHT_STACK);
  expect(errors.last().at(-1)?.stack).toBe('thrown: something that cannot be read');
});

test('a log that fails, or who listens, is no reason to throw', () => {
  const errors = createUncaughtErrors({
    logger: {
      error() {
        throw new Error('the disk is full');
      },
    },
  });
  errors.report(new Error('x'), 'request');
  expect(errors.count()).toBe(1);
});

test('a guarded handler that throws is given up; what giving up throws is reported, too', () => {
  const { errors } = setUp();
  const given: string[] = [];
  errors.guard(
    'request',
    () => given.push('ran'),
    () => given.push('up'),
  );
  expect([given, errors.count()]).toEqual([['ran'], 0]);
  const fail = () => {
    throw new Error('x');
  };
  errors.guard('request', fail, () => given.push('up'));
  errors.guard('upgrade', fail, fail);
  expect(given).toEqual(['ran', 'up']);
  expect(errors.last().map(({ where }) => where)).toEqual(['request', 'upgrade', 'upgrade, giving up']);
});

test('errors of callbacks and promises are told apart, until the process is let go', () => {
  const { errors } = setUp();
  const process = new EventEmitter();
  const release = catchUncaught(errors, process);
  process.emit('uncaughtException', new Error('a'), 'uncaughtException');
  process.emit('unhandledRejection', new Error('b'), Promise.resolve());
  release();
  process.emit('uncaughtException', new Error('c'), 'uncaughtException');
  process.emit('unhandledRejection', new Error('d'), Promise.resolve());
  expect(errors.last().map(({ where }) => where)).toEqual(['callback', 'promise']);
});

test('what a process says of itself is of the contract’s form, however much has happened', () => {
  const clock = createManualClock(1000);
  const watch = watchProcess('agent', { logger: { error: () => undefined }, clock });
  for (let index = 0; index < 50; index += 1) watch.errors.report('x'.repeat(10_000), 'callback');
  const health = processHealthSchema.parse(watch.health());
  expect(health).toMatchObject({ process: 'agent', uncaught: { count: 50 } });
  watch.stop();
});
