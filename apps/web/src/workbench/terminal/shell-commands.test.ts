import headless from '@xterm/headless';
import type { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followShellCommands, MAX_COMMANDS, type ShellCommands } from './shell-commands.ts';

let terminal: InstanceType<typeof headless.Terminal>;
let commands: ShellCommands;

beforeEach(() => {
  terminal = new headless.Terminal({ cols: 20, rows: 6, scrollback: 30, allowProposedApi: true });
  commands = followShellCommands(terminal as unknown as Terminal);
});
afterEach(() => terminal.dispose());

const write = (text: string) => new Promise<void>((done) => terminal.write(text, done));
const PROMPT = '\x1b]133;A\x07root@node1:~# \x1b]133;B\x07';

/** What a node's bash writes for one command. */
const ran = (command: string, output: string, code = 0) =>
  write(`${PROMPT}${command}\r\n\x1b]133;C\x07${output}\x1b]133;D;${code}\x07`);

const shown = () => commands.list().map(({ id, ...rest }) => ({ ...rest, ...commands.output(id) }));

test('a command, its output and its exit code are told apart', async () => {
  await ran('echo a; echo b', 'a\r\nb\r\n');
  await ran('false', '', 1);
  expect(shown()).toEqual([
    { command: 'echo a; echo b', exitCode: 0, lines: ['a', 'b'], isCut: false },
    { command: 'false', exitCode: 1, lines: [], isCut: false },
  ]);
});

test('lines that the screen wrapped are whole again, of the command and of its output', async () => {
  const long = 'x'.repeat(45);
  await ran(`echo ${long}`, `${long}\r\nend\r\n`);
  expect(shown()).toEqual([{ command: `echo ${long}`, exitCode: 0, lines: [long, 'end'], isCut: false }]);
});

test('output without a last newline belongs to its command', async () => {
  await ran('printf a', 'a');
  await write(PROMPT);
  expect(shown()[0]?.lines?.[0]).toMatch(/^a/);
});

test('a command that runs is shown with what it wrote so far', async () => {
  await write(`${PROMPT}make\r\n\x1b]133;C\x07one\r\ntwo\r\n`);
  expect(shown()).toEqual([{ command: 'make', exitCode: undefined, lines: ['one', 'two'], isCut: false }]);
});

test('an empty line is no command, and one typed anew after Ctrl-C counts from its own prompt', async () => {
  await write(`${PROMPT}\r\n${PROMPT}gone^C\r\n`);
  await ran('ls', 'file\r\n');
  expect(shown()).toEqual([{ command: 'ls', exitCode: 0, lines: ['file'], isCut: false }]);
});

test('what a full-screen program draws is no output', async () => {
  await ran('vim', '\x1b[?1049h~\r\n~\r\n\x1b[?1049l');
  expect(shown()).toEqual([{ command: 'vim', exitCode: 0, lines: [], isCut: false }]);
});

test('what left the scrollback is said to be cut, and what is gone is not listed', async () => {
  await ran('first', 'a\r\n');
  await ran('seq 60', Array.from({ length: 60 }, (_, index) => `${index + 1}\r\n`).join(''));
  const [only, ...more] = shown();
  expect(more).toEqual([]);
  expect(only).toMatchObject({ command: 'seq 60', isCut: true });
  expect(only?.lines?.at(-1)).toBe('60');
  expect(only?.lines?.length).toBeLessThan(40);
});

test('it is known what has the terminal: the prompt, a command, or nobody knows', async () => {
  expect(commands.foreground()).toEqual({ kind: 'unknown' });
  await write(PROMPT);
  expect(commands.foreground()).toEqual({ kind: 'prompt' });
  await write('sleep 60\r\n\x1b]133;C\x07');
  expect(commands.foreground()).toEqual({ kind: 'command', command: 'sleep 60' });
  commands.reset();
  expect(commands.foreground()).toEqual({ kind: 'command', command: 'sleep 60' });
  await write(`\x1b]133;D;0\x07${PROMPT}`);
  expect(commands.foreground()).toEqual({ kind: 'prompt' });
  commands.reset();
  expect(commands.foreground()).toEqual({ kind: 'unknown' });
});

test('a prompt that is drawn once more, as after a change of size, is no other prompt', async () => {
  await write(PROMPT);
  const before = commands.prompts();
  await write(`\r\x1b[K${PROMPT}sleep 1`);
  expect(commands.prompts()).toBe(before);
  await write(`\r\n\x1b]133;C\x07`);
  expect(commands.prompts()).toBe(before);
  // One line without a command, which the shell ends by a mark without a code.
  await write(`\x1b]133;D;0\x07${PROMPT}\r\n\x1b]133;D\x07${PROMPT}`);
  expect(commands.prompts()).toBe(before + 2);
});

test('a screen that replaces everything forgets everything', async () => {
  await ran('ls', 'file\r\n');
  terminal.reset();
  commands.reset();
  expect(shown()).toEqual([]);
  await ran('ls', 'file\r\n');
  await write('\x1bc');
  expect(shown()).toEqual([]);
  await ran('pwd', '/root\r\n');
  expect(shown()).toMatchObject([{ command: 'pwd', lines: ['/root'] }]);
});

test('no more than the bound is remembered', async () => {
  terminal.options.scrollback = 10_000;
  for (let i = 0; i < MAX_COMMANDS + 20; i += 1) await ran(`c${i}`, 'x\r\n');
  expect(commands.list()).toHaveLength(MAX_COMMANDS);
  expect(commands.list().at(-1)?.command).toBe(`c${MAX_COMMANDS + 19}`);
});
