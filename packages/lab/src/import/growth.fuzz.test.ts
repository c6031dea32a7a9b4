import { RUNS, slowRuns } from '@drydock/testkit';
import { expect, test } from 'vitest';
import { htmlPieces } from '../markdown/html-pieces.ts';
import { hiddenLetters } from '../shell/hidden.ts';
import { shellSegments } from '../shell/segments.ts';
import { importEducates } from './educates/import-educates.ts';
import { importInstruqt } from './instruqt.ts';
import { importIximiuz } from './iximiuz/import-iximiuz.ts';
import { importKillercoda } from './killercoda/import-killercoda.ts';
import { importLabspace } from './labspace.ts';

const files = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries));
const labspace = (text: string) =>
  importLabspace(files({ 'labspace.yaml': 'sections:\n- contentPath: page.md\n', 'page.md': text }));
const instruqt = (text: string) =>
  importInstruqt(files({ 'track.yml': 'title: x\n', '01-a/assignment.md': `---\ntitle: a\n---\n${text}` }));
const educates = (text: string) =>
  importEducates(
    files({ 'resources/workshop.yaml': 'kind: Workshop\nspec: {title: x}\n', 'workshop/content/a.md': text }),
  );
const killercoda = (text: string) => {
  const index = JSON.stringify({ title: 'x', details: { steps: [{ title: 'a', text: 'a.md' }] } });
  return importKillercoda({
    files: new Map([
      ['index.json', { text: index }],
      ['a.md', { text }],
    ]),
  });
};
const iximiuz = (text: string) => importIximiuz(files({ 'index.md': `---\ntitle: x\n---\n${text}` }));
/** Beginnings of what the readers of pages look for, which never end. */
const MARKS = [
  ...['[](', '[a](b "', '<a ', '<img src=a ', '<a a=', "a='", 'a-', '{#', '{#a} ', '(1 min', '[^a', '[x]: ', ' \\'],
  ...['::a\n---\n---\n::\n', ':a[b]{', '$$a', '[[ Instruqt-Var key="a" ', '[button](', '[button label="', '>>', '~~~'],
  ...['<pre ', '<summary>', '`{{', 'assets/', '- [ ] ', '1. ', '=== ', 'http://a.b:', 'aα', '{{< param ', '&#x0'],
];
const around = [
  ['', '\u2028'],
  ['## ', ' x\n'],
] as const;

test.each([
  ['Educates', educates],
  ['iximiuz', iximiuz],
  ['Instruqt', instruqt],
  ['Killercoda', killercoda],
  ['Labspace', labspace],
])(
  'a page of %s is read in a time that grows as its length does',
  (_, read) => {
    expect(slowRuns(read, { tokens: [...RUNS, ...MARKS], around })).toEqual([]);
  },
  120_000,
);

test.each([
  ['HTML', htmlPieces, [['<a ', '>']]],
  ['letters that hide', hiddenLetters, [['', '\u0430']]],
  ['commands', shellSegments, [['', '']]],
])(
  '%s of a text is found in a time that grows as its length does',
  (_, read: (text: string) => unknown, ends) => {
    expect(slowRuns(read, { tokens: [...RUNS, ...MARKS], around: ends as [string, string][] })).toEqual([]);
  },
  120_000,
);
