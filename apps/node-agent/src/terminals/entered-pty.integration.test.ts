import { afterEach, expect, test } from 'vitest';
import { spawnEnteredPty } from './entered-pty.ts';
import type { Pty, PtyExit } from './pty.ts';

const SIZE = { cols: 80, rows: 24 };
const ENV = { PATH: '/usr/bin:/bin' };
const running: Pty[] = [];

/** A shell in dd-enter's place: it reads typing, writes output, and finds sizes where dd-enter does. */
function start(script: string, onData: (pty: Pty) => void = () => undefined) {
  let text = '';
  let length = 0;
  let end: (exit: PtyExit) => void = () => undefined;
  const exit = new Promise<PtyExit>((resolve) => {
    end = resolve;
  });
  const pty: Pty = spawnEnteredPty({ file: '/bin/sh', args: ['-c', script], env: ENV }, SIZE, {
    onData(data) {
      length += data.byteLength;
      text = (text + data.toString()).slice(-100_000);
      onData(pty);
    },
    onExit: (how) => end(how),
  });
  running.push(pty);
  return { pty, exit, text: () => text, length: () => length };
}

const sees = (terminal: ReturnType<typeof start>, what: string) => expect.poll(terminal.text).toContain(what);

afterEach(() => {
  for (const pty of running.splice(0)) pty.kill('SIGKILL');
});

test('typing reaches the program and its output comes back, errors too', async () => {
  const terminal = start('read line; echo "got $line"; echo wrong >&2; exit 7');
  expect(terminal.pty.write(Buffer.from('hello\n'))).toBe(6);
  expect(await terminal.exit).toEqual({ exitCode: 7 });
  expect(terminal.text()).toContain('got hello\n');
  expect(terminal.text()).toContain('wrong\n');
});

test('each new size is a line for the program; the same again is none', async () => {
  const terminal = start('read a <&3; echo "first $a"; read b <&3; echo "$a then $b"');
  terminal.pty.resize({ cols: 120, rows: 40 });
  terminal.pty.resize({ cols: 120, rows: 40 });
  await sees(terminal, 'first 120x40');
  terminal.pty.resize({ cols: 120, rows: 40 });
  terminal.pty.resize({ cols: 20, rows: 10 });
  await sees(terminal, '120x40 then 20x10');
});

test('output waits in the program while reading is paused, and all of it has come before the end', async () => {
  const terminal = start('read go; seq 1 200000; echo end');
  terminal.pty.pause();
  terminal.pty.write(Buffer.from('\n'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(terminal.length()).toBeLessThan(128 * 1024);
  terminal.pty.resume();
  expect(await terminal.exit).toEqual({ exitCode: 0 });
  expect(terminal.text().endsWith('200000\nend\n')).toBe(true);
  expect(terminal.length()).toBe('end\n'.length + 1_288_895);
});

test('an end while reading is paused loses nothing', async () => {
  const terminal = start('read go; seq 1 10000; exit 3');
  terminal.pty.pause();
  terminal.pty.write(Buffer.from('\n'));
  expect(await terminal.exit).toEqual({ exitCode: 3 });
  expect(terminal.text().endsWith('\n10000\n')).toBe(true);
});

test('an end loses nothing though every piece of output asks for a pause', async () => {
  const terminal = start('seq 1 30000; exit 5', (pty) => pty.pause());
  expect(await terminal.exit).toEqual({ exitCode: 5 });
  expect(terminal.length()).toBe(168_894);
});

test('typing that the program does not read is taken up to a bound, and all of it arrives in order', async () => {
  const terminal = start('read go <&3; cat');
  const piece = Buffer.alloc(64 * 1024, 'a');
  let taken = 0;
  for (let i = 0; i < 100; i += 1) {
    taken += terminal.pty.write(piece);
    await new Promise(setImmediate);
  }
  expect(taken).toBeLessThan(1024 * 1024);
  terminal.pty.resize({ cols: 1, rows: 2 });
  await expect.poll(terminal.length).toBe(taken);
});

test('a signal ends it, and its name is told', async () => {
  const terminal = start('echo ready; exec sleep 1000');
  await sees(terminal, 'ready');
  terminal.pty.kill('SIGHUP');
  expect(await terminal.exit).toEqual({ exitCode: 0, signal: 'SIGHUP' });
  expect(terminal.pty.write(Buffer.from('x'))).toBe(0);
});

test('a process that keeps the sockets open does not keep the end from being told', async () => {
  const terminal = start('sleep 30 & exit 4');
  expect(await terminal.exit).toEqual({ exitCode: 4 });
});

test('a program that is not there is an error', () => {
  const events = { onData: () => undefined, onExit: () => undefined };
  expect(() => spawnEnteredPty({ file: '/no/such/program', args: [], env: {} }, SIZE, events)).toThrow(
    expect.objectContaining({ code: 'INTERNAL' }),
  );
});
