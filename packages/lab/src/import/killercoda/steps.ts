/** `details`: introduction, steps and end, each as Markdown of ours with its scripts. */
import { MAX_STEPS, MAX_TEXT_BYTES } from '../../limits.ts';
import { fileSize, resolvePath } from '../../source/lab-files.ts';
import type { Located } from '../../yaml/located.ts';
import { joinBlocks, type WrittenStep, writeChecks, writeDetails, writeFence } from '../write-lab.ts';
import { FIRST_HOST, type KillercodaContext } from './context.ts';
import { field, itemsOf, reportUnknown, textField } from './index-file.ts';
import { literalText, scanText } from './scan-text.ts';

const STEP_KEYS = new Set([
  'title',
  'text',
  'verify',
  'answer',
  'hint',
  'foreground',
  'code',
  'background',
  'courseData',
]);
/** Scripts and texts of one scenario (bytes): the lab's own text has this bound, and what is written is a little longer. */
const MAX_READ = MAX_TEXT_BYTES / 2;

export type ReadStep = WrittenStep & { literal: string };
export type StepReader = {
  /** The Markdown of `{text}`, without scripts. */
  body(part: Located | undefined): { markdown: string; literal: string };
  /** The scripts that run before it, in order. */
  scripts(part: Located | undefined): string[];
  steps(list: Located | undefined): ReadStep[];
};

/** `wantsDone`: Katacoda's rule that a check's last line is `done`, where its script prints that. */
export function createStepReader(base: string, wantsDone: boolean, context: KillercodaContext): StepReader {
  const { files, folder, report } = context;
  let left = MAX_READ;

  function read(part: Located | undefined, key: string): { text: string; path: string } | undefined {
    const value = field(part, key);
    const name = textField(part, key);
    if (value === undefined || name === undefined) return undefined;
    const path = resolvePath(`${folder}index.json`, name);
    const file = path === undefined ? undefined : files.get(path);
    const { file: at, line } = value.place;
    if (path === undefined || file === undefined || !('text' in file)) {
      report.dropped(key, at, line, `The scenario has no text file "${name.slice(0, 80)}".`);
      return undefined;
    }
    left -= fileSize(file);
    if (left >= 0) return { text: file.text.replace(/\r\n?/g, '\n').replace(/^\ufeff/, ''), path };
    report.dropped(key, at, line, `Texts and scripts of a scenario have at most ${MAX_READ} bytes here.`);
    return undefined;
  }

  function body(part: Located | undefined) {
    const found = read(part, 'text');
    if (found === undefined) return { markdown: '', literal: '' };
    return { markdown: scanText(found.text, found.path, base, context), literal: literalText(found.text) };
  }

  function scripts(part: Located | undefined): string[] {
    const texts: string[] = [];
    for (const key of ['background', 'courseData', 'foreground', 'code']) {
      const found = read(part, key);
      if (found === undefined || found.text.trim() === '') continue;
      const { file, line } = field(part, key)?.place ?? { file: found.path, line: 1 };
      if (!context.runs) {
        report.dropped(key, file, line, 'Nothing can run here.');
        continue;
      }
      if (key === 'foreground' || key === 'code')
        report.changed(key, file, line, 'The script runs out of sight, after the background script, and is not typed.');
      texts.push(found.text);
    }
    return texts;
  }

  function verify(step: Located): string {
    const found = read(step, 'verify');
    if (found === undefined || found.text.trim() === '') return '';
    const { file, line } = field(step, 'verify')?.place ?? { file: found.path, line: 1 };
    if (!context.runs || !context.takeBlock()) {
      report.dropped('verify', file, line, 'Nothing can be checked here.');
      return '';
    }
    const asksDone = wantsDone && /\becho\b[^\n;]{0,40}\bdone\b/.test(found.text);
    if (!asksDone) return writeFence('sh', found.text, { node: FIRST_HOST, words: ['check'] });
    report.changed('verify', file, line, 'It passes by Katacoda’s rule: exit code 0, and "done" as the last line.');
    return writeChecks([{ run: found.text, exit: 0, output: '/(^|\\n)done\\s*\\z/' }]);
  }

  function folded(step: Located): string[] {
    const hint = read(step, 'hint');
    const answer = read(step, 'answer');
    const place = field(step, 'hint')?.place;
    const isScript = hint !== undefined && (/^#!/.test(hint.text) || /\.sh$/.test(hint.path));
    if (isScript && place !== undefined)
      report.dropped('hint', place.file, place.line, 'A script that prints hints is not run.');
    return [
      hint === undefined || isScript ? '' : writeDetails('Hint', scanText(hint.text, hint.path, base, context)),
      answer === undefined ? '' : writeDetails('Solution', scanText(answer.text, answer.path, base, context)),
    ].filter((block) => block !== '');
  }

  function step(item: Located, index: number): ReadStep {
    reportUnknown(item, STEP_KEYS, 'details.steps[].', report);
    const setup = scripts(item).map((text) => writeFence('sh', text, { node: FIRST_HOST, words: ['setup'] }));
    const { markdown, literal } = body(item);
    const check = verify(item);
    return {
      title: textField(item, 'title') ?? `Step ${index + 1}`,
      id: `step-${index + 1}`,
      body: joinBlocks([...setup, markdown, check, ...folded(item)]),
      literal: joinBlocks([...setup, literal, check]),
    };
  }

  return {
    body,
    scripts,
    steps(list) {
      const items = itemsOf(list);
      const [first] = items.slice(MAX_STEPS - 1);
      if (items.length >= MAX_STEPS && first !== undefined)
        report.dropped(
          'details.steps',
          first.place.file,
          first.place.line,
          `A lab has at most ${MAX_STEPS - 1} steps here.`,
        );
      return items.slice(0, MAX_STEPS - 1).map(step);
    },
  };
}
