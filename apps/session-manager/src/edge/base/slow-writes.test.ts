import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { slowWrites } from './slow-writes.ts';

const sink = (highWaterMark: number, write: (done: () => void) => void = (done) => done()) =>
  new Writable({ highWaterMark, write: (_chunk, _encoding, done) => write(done) });
const next = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('says full while the allowance is used up, and drains when it is not, once', async () => {
  const stream = sink(1000);
  let drains = 0;
  stream.on('drain', () => {
    drains += 1;
  });
  const waits = [0, 60, 60];
  slowWrites(stream, () => waits.shift() ?? 0);
  expect(stream.write('a')).toBe(true);
  expect(stream.write('b')).toBe(false);
  expect(stream.write('c')).toBe(false);
  expect(drains).toBe(0);
  await expect.poll(() => drains).toBe(1);
  expect(stream.write('d')).toBe(true);
});

it('waits for the stream itself too, when that is full for longer', async () => {
  let free: () => void = () => {};
  const stream = sink(1, (done) => {
    free = done;
  });
  let drains = 0;
  stream.on('drain', () => {
    drains += 1;
  });
  slowWrites(stream, () => 20);
  expect(stream.write('aa')).toBe(false);
  await next(60);
  expect(drains).toBe(0);
  free();
  await expect.poll(() => drains).toBe(1);
});
