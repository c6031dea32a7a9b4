/** The lab's text, and the promise that it compiles: a part that the compiler refuses is shown as the text that it was. */
import { compileLab } from '../../compile/compile-lab.ts';
import type { FrontMatter } from '../../compile/front-matter-schema.ts';
import { MAX_TEXT_BYTES } from '../../limits.ts';
import { type LabFile, utf8Length } from '../../source/lab-files.ts';
import type { Report } from '../report.ts';
import { writeLab } from '../write-lab.ts';
import type { ReadStep } from './steps.ts';

type Part = { markdown: string; literal: string };
type Head = { title: string; intro: Part; finish: Part };

/** Writes it. Each part is tried alone, so that one bad one leaves the others as they are. */
export function assemble(
  front: FrontMatter,
  { title, intro, finish }: Head,
  steps: readonly ReadStep[],
  made: ReadonlyMap<string, LabFile>,
  at: string,
  report: Report,
): string {
  const environment: FrontMatter = front.nodes === undefined ? {} : { nodes: front.nodes };
  // A part is judged by its text; hashing all files for each of a hundred would take minutes.
  const names = new Map([...made.keys()].map((path): [string, LabFile] => [path, { size: 1, digest: '' }]));
  const problem = (text: string, whole: FrontMatter = environment) => {
    const lab = writeLab({ front: whole, intro: '', steps: [{ title: 'x', body: text }] });
    return firstError(lab, names);
  };
  const body = ({ markdown, literal }: Part, name: string): string => {
    const error = problem(markdown);
    if (error === undefined) return markdown;
    report.changed(name, at, 1, `It is shown as it was written: ${error}`);
    return problem(literal) === undefined ? literal : '';
  };
  let kept = steps.map((step) => ({ ...step, body: body({ markdown: step.body, literal: step.literal }, step.title) }));
  if (kept.length === 0) kept = [{ title, body: '', literal: '' }];
  const end = body(finish, 'details.finish');
  const head = body(intro, 'details.intro');
  const write = (from: number): string =>
    writeLab({
      front,
      intro: head,
      steps: kept.map((step, index) => (index < from ? step : { ...step, body: step.literal })),
      ...(end === '' ? {} : { finish: end }),
    });
  // Bounds of a whole lab: the last steps lose their buttons, twice as many each time.
  for (let less = 0; less <= kept.length * 2; less = less === 0 ? 1 : less * 2) {
    const text = write(kept.length - less);
    const error = utf8Length(text) > MAX_TEXT_BYTES ? 'it is too long' : firstError(text, made);
    if (error === undefined) return text;
    report.changed('details.steps', at, 1, `Steps at the end are shown as they were written: ${error}`);
  }
  report.dropped('details.steps', at, 1, 'The lab would be over its bounds: its titles alone are left.');
  return writeLab({ front, intro: '', steps: kept.map((step) => ({ title: step.title, body: '' })) });
}

function firstError(text: string, made: ReadonlyMap<string, LabFile>): string | undefined {
  const files = new Map<string, LabFile>([['lab.md', { text }], ...made]);
  return compileLab({ entry: 'lab.md', files }).findings.find(({ severity }) => severity === 'error')?.message;
}
