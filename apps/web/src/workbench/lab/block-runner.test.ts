import headless from '@xterm/headless';
import type { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followShellCommands } from '../terminal/shell-commands.ts';
import { type BlockRunner, createBlockRunner, type ShownRun } from './block-runner.ts';

const PROMPT = '\x1b]133;A\x07$ \x1b]133;B\x07';
/** One terminal of node1 whose shell the test plays. */
let terminal: InstanceType<typeof headless.Terminal>;
let typed: string[];
let opened: string[];
let runner: BlockRunner;
let nodes: string[];

const write = (text: string) => new Promise<void>((done) => terminal.write(text, done));
/** The shell takes the line that was typed, and runs it. */
const begins = () => write(`${(typed.at(-1) ?? '').replaceAll('\r', '\r\n')}\x1b]133;C\x07`);
const ends = (code: number) => write(`\x1b]133;D;${code}\x07${PROMPT}`);

beforeEach(() => {
  terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  typed = [];
  opened = [];
  nodes = ['node1', 'node2'];
  const commands = followShellCommands(terminal as unknown as Terminal);
  const view = {
    terminal,
    commands,
    controller: {
      input(text: string) {
        typed.push(text);
        return true;
      },
    },
  };
  const data = () => ({
    session: { nodes: nodes.map((name) => ({ name })) },
    terminals: [{ terminalId: 't1', node: 'node1' }, ...opened.map((node) => ({ terminalId: `t-${node}`, node }))],
  });
  const unknown = {
    store: { getState: () => ({ data: data() }) },
    workspace: { getState: () => ({ activeId: 't1' }), activate: () => undefined },
    actions: {
      async openTerminal(node: string) {
        opened.push(node);
      },
    },
    views: () => ({ get: async () => view }),
    activeNode: () => 'node1',
  };
  runner = createBlockRunner(unknown as never);
});
afterEach(() => {
  runner.dispose();
  terminal.dispose();
});

const block = (text: string, more: Partial<ShownRun> = {}): ShownRun => ({
  kind: 'run',
  key: 'k',
  text,
  lang: 'sh',
  where: {},
  mode: 'run',
  ...more,
});
const state = () => runner.getState().k;

describe('a run block', () => {
  test('types one command at a time, each when the one before has ended, and knows the exit code', async () => {
    await write(PROMPT);
    const done = runner.run(block('echo a\necho b\n'));
    await expect.poll(() => typed).toEqual(['echo a\r']);
    await begins();
    expect(typed).toHaveLength(1);
    await ends(0);
    await expect.poll(() => typed).toEqual(['echo a\r', 'echo b\r']);
    expect(state()).toMatchObject({ kind: 'running', at: 2, of: 2 });
    await begins();
    await ends(3);
    await done;
    expect(state()).toEqual({ kind: 'finished', node: 'node1', exit: 3, at: 2, of: 2 });
  });

  test('stops at the first command that fails', async () => {
    await write(PROMPT);
    const done = runner.run(block('false\necho never\n'));
    await expect.poll(() => typed).toHaveLength(1);
    await begins();
    await ends(1);
    await done;
    expect(typed).toEqual(['false\r']);
    expect(state()).toEqual({ kind: 'finished', node: 'node1', exit: 1, at: 1, of: 2 });
  });

  test('types nothing into a program, and asks', async () => {
    await write(`${PROMPT}top\r\n\x1b]133;C\x07`);
    await runner.run(block('echo a'));
    expect(typed).toEqual([]);
    expect(state()).toEqual({ kind: 'busy', node: 'node1', command: 'top' });
    const done = runner.run(block('echo a'), 'interrupt');
    await expect.poll(() => typed).toEqual(['\x03']);
    await ends(130);
    await expect.poll(() => typed).toEqual(['\x03', 'echo a\r']);
    await begins();
    await ends(0);
    await done;
    expect(state()).toMatchObject({ kind: 'finished', exit: 0 });
  });

  test('goes into the program that it is meant for without a question, and into another when it is told to', async () => {
    await write(`${PROMPT}python3 -q\r\n\x1b]133;C\x07`);
    await runner.run(block('print(1)\nprint(2)', { program: 'python' }));
    expect(typed).toEqual(['print(1)\rprint(2)\r']);
    expect(state()).toEqual({ kind: 'typed', node: 'node1' });
    await runner.run(block('echo a'), 'type-anyway');
    expect(typed.at(-1)).toBe('echo a\r');
  });

  test('for a node that is not there types nothing and says so', async () => {
    await runner.run(block('echo a', { where: { node: 'node9' } }));
    expect([typed, opened, state()]).toEqual([[], [], { kind: 'failed', why: 'no-node' }]);
  });

  test('opens a terminal where its node has none, and on all nodes goes one after the other', async () => {
    await write(PROMPT);
    const done = runner.run(block('true', { where: { all: true } }));
    for (const count of [1, 2]) {
      await expect.poll(() => typed).toHaveLength(count);
      await begins();
      await ends(0);
    }
    await done;
    expect(opened).toEqual(['node2']);
  });

  test('pressed again, or left, waits no longer; the command goes on', async () => {
    await write(PROMPT);
    const first = runner.run(block('sleep 99'));
    await expect.poll(() => typed).toHaveLength(1);
    await begins();
    runner.leave('k');
    await first;
    expect(state()).toEqual({ kind: 'idle' });
    expect(typed).toEqual(['sleep 99\r']);
  });
});
