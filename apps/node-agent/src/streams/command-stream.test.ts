import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startCommand } from './command-stream.ts';

const sh = (script: string) => startCommand({ file: '/bin/sh', args: ['-c', script] });

test('what a command said is read also after it has exited, with its stdin still open', async () => {
  const stream = await sh('echo answer');
  await sleep(200);
  expect(stream.destroyed).toBe(false);
  expect(await text(stream)).toBe('answer\n');
});

test('what is written to a command that has gone goes nowhere, and fails nothing', async () => {
  const stream = await sh('exec <&-; echo answer');
  const write = () =>
    new Promise((resolve) => stream.write(Buffer.alloc(65_536), (error) => resolve(error ?? 'taken')));
  const written = Array.from({ length: 20 }, write);
  // Not by `text`, which destroys what it has read to the end, and with it what waits to be written.
  let said = '';
  stream.on('data', (chunk) => {
    said += chunk;
  });
  await once(stream, 'end');
  expect(said).toBe('answer\n');
  expect(await Promise.all(written)).toEqual(written.map(() => 'taken'));
});

test('stdin reaches the command whole and its end too, against the pace of the command', async () => {
  const stream = await sh('sleep 0.1; wc -c');
  for (let piece = 0; piece < 40; piece += 1) stream.write(Buffer.alloc(100_000));
  stream.end();
  expect((await text(stream)).trim()).toBe('4000000');
});

test('a reader that does not read stops the command, not the memory', async () => {
  const stream = await sh('yes');
  stream.once('readable', () => undefined);
  await sleep(300);
  expect(stream.readableLength).toBeLessThan(1_000_000);
  stream.destroy();
});

test('a destroyed stream ends its command', async () => {
  const stream = await sh('echo $$; exec sleep 1000');
  const [pid] = await once(stream, 'data');
  stream.destroy();
  await expect.poll(() => isAlive(Number(String(pid)))).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
