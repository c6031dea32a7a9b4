import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Quiz } from '../blocks.ts';
import type { Leaf } from '../checks/plan.ts';
import { compileLab } from '../compile/compile-lab.ts';
import type { Lab, Step } from '../lab.ts';
import type { ReaderBlock, ReaderLab, ReaderLeaf, ReaderStep } from './reader-lab.ts';
import { markQuiz, readerView } from './reader-view.ts';

function compiled(text: string, files: Record<string, string> = {}): Lab {
  const all = new Map(Object.entries({ 'lab.md': text, ...files }).map(([path, one]) => [path, { text: one }]));
  const { lab, findings } = compileLab({ entry: 'lab.md', files: all });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (lab === null) throw new Error('no lab');
  return lab;
}

const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

/** Pieces of a step. `hid` is nowhere in the view, `pub` is in it; `n` keeps leaves and blocks apart. */
const PIECES: readonly ((hid: string, pub: string, n: number) => string)[] = [
  (hid, pub) => fence('check', `- ask: ${pub}\n  answer: ${hid}`),
  (hid, pub) => fence('check', `- ask: ${pub}\n  answer: [${hid}, "/${hid}x+/"]`),
  (hid, pub) => fence('check', `- ask: ${pub}\n  equals-run: echo ${hid}`),
  (hid, pub) => fence('check', `- run: grep ${hid} /x\n  title: ${pub}`),
  (hid, pub) => fence('check', `- run: cat /x\n  output: ${hid}\n  title: ${pub}`),
  (hid, pub) => fence('check', `- run: cat /x\n  as: u-${hid}\n  title: ${pub}`),
  (hid, pub) => fence('check', `- any:\n    - not: { run: test -f ${hid} }\n    - container: ${pub}`),
  (hid, pub) => fence('check', `- service: ${pub}\n  say: Do ${hid}`),
  (hid, pub) => fence('check', `- container: ${pub}\n- fail: { container: ${hid} }`),
  (hid, pub) => `${pub}\n\n${fence('sh check', `test -e ${hid}`)}`,
  (hid, pub) => `${pub}\n\n${fence(`sh check say="${hid}"`, `test -e ${hid}`)}`,
  (hid, pub) => `${pub}\n\n${fence('sh setup', `touch ${hid}`)}`,
  (hid, pub) => `${pub}\n\n${fence('sh solve', `touch ${hid}`)}`,
  (hid, pub) => `${pub}\n\n${fence('sh break', `rm ${hid}`)}`,
  (hid, pub) => `${pub}\n\n${fence(`sh wrong expect="${hid}"`, `rm ${hid}`)}`,
  (hid, pub) => `<details><summary>Hint ${pub}</summary>\n\nWords\n\n${fence('sh solve', hid)}\n</details>\n`,
  (hid, pub, n) => `Which ${n}?\n\n- ( ) ${pub} — no, ${hid}\n- (x) That — since ${hid}\n`,
  (hid, pub, n) => `Which ${n}?\n\n- [ ] a — no, *${hid}*\n- [x] ${pub}\n`,
  (hid, pub) => `<!-- ${hid} -->\n\n${pub}\n`,
  (hid, pub) => `${pub}\n\n<!-- check\n- ask: What ${pub}?\n  answer: ${hid}\n-->\n`,
  (_, pub) => fence('sh', `echo ${pub}`),
  (_, pub) => `<details><summary>Solution</summary>\n\n${fence('sh', `echo ${pub}`)}\n</details>\n`,
  (_, pub) => fence('yaml file=/root/a', `a: ${pub}`),
];

const pieces = fc.array(fc.nat(PIECES.length - 1), { minLength: 1, maxLength: 12 });

test('no secret of a generated lab is anywhere in its view, and all that is shown is', () => {
  const met = new Set<number>();
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (steps) => {
      let count = 0;
      const secrets: string[] = ['hidfrontz', 'hidenvz', 'hidfilez', 'hidscriptz'];
      const shown: string[] = ['pubaskz'];
      const body = steps.map((chosen, step) => {
        const texts = chosen.map((piece) => {
          count += 1;
          met.add(piece);
          secrets.push(`hid${count}z`);
          shown.push(`pub${count}z`);
          return PIECES[piece]?.(`hid${count}z`, `pub${count}z`, count) ?? '';
        });
        return `## Step ${step}\n\n${texts.join('\n')}`;
      });
      const front = [
        'setup: touch hidfrontz',
        'env: { A: hidenvz, B: { ask: pubaskz } }',
        'files: { "node1:/root/x": hidfilez }',
      ].join('\n');
      const lab = compiled(`---\n${front}\n---\n${body.join('\n')}`, { 'setup/node1.sh': 'touch hidscriptz\n' });
      const view = JSON.stringify(readerView(lab));
      expect(secrets.filter((secret) => view.includes(secret))).toEqual([]);
      expect(shown.filter((words) => !view.includes(words))).toEqual([]);
      expect(JSON.parse(view)).toEqual(readerView(lab));
    }),
    { numRuns: 200 },
  );
  expect(met.size).toBe(PIECES.length);
});

test('which item of a quiz is right shows in keys and hashes alone', () => {
  const view = (marks: string) =>
    JSON.stringify(readerView(compiled(`## A\n\nWhich?\n\n- (${marks[0]}) a\n- (${marks[1]}) b\n`)))
      .replace(/"(key|hash|digest)":"[^"]+"/g, '')
      .replace(/a-[0-9a-f]{16}/g, '');
  expect(view('x ')).toBe(view(' x'));
});

test('a choice is marked by who has the lab', () => {
  const text = '## A\n\nWhich?\n\n- [x] a — so it is\n- [x] b\n- [ ] c — since it stops\n';
  const [quiz] = compiled(text).steps[0]?.blocks ?? [];
  if (quiz?.kind !== 'quiz') throw new Error('no quiz');
  const soItIs = { item: 0, nodes: [{ type: 'text', value: 'so it is' }] };
  expect(markQuiz(quiz, [1, 0])).toEqual({ right: true, why: [soItIs] });
  expect(markQuiz(quiz, [0])).toEqual({ right: false, why: [soItIs] });
  expect(markQuiz(quiz, [0, 1, 2]).right).toBe(false);
  expect(markQuiz(quiz, [0, 1, 7]).right).toBe(false);
  expect(markQuiz(quiz, [])).toEqual({ right: false, why: [] });
});

test('the compiler takes no lab for a view, nor parts of it', () => {
  const lab = compiled('## A\n\nWhich?\n\n- (x) a — why\n- ( ) b\n\n```check\n- ask: q\n  answer: a\n```\n');
  const [step] = lab.steps as [Step];
  const quiz = step.blocks[0] as Quiz;
  const leaf = step.checks.of[0] as Leaf;
  // @ts-expect-error A lab is no view of it.
  const view: ReaderLab = lab;
  // @ts-expect-error A step is none.
  const readerStep: ReaderStep = step;
  // @ts-expect-error A quiz has its answers.
  const block: ReaderBlock = quiz;
  // @ts-expect-error A leaf may have its answer.
  const readerLeaf: ReaderLeaf = leaf;
  // @ts-expect-error A view lacks what a session needs.
  const whole: Lab = readerView(lab);
  expect([view, readerStep, block, readerLeaf].every((part) => !('view' in part))).toBe(true);
  expect(whole).toMatchObject({ view: 'reader' });
});
