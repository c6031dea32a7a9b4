/** The stream of blocks cut into introduction, steps and end. */
import type { Findings, Place } from '../findings/finding.ts';
import { type InlineContext, inlineNodes } from '../markdown/inline.ts';
import { textOf } from '../markdown/prose-nodes.ts';
import type { Located } from './load.ts';

const MAX_TITLE = 300;

export type Section = { title: string; id?: string; minutes?: number; blocks: Located[]; place: Place };

export type Sections = { title?: string; intro: Located[]; steps: Section[] };

/** Each `##` at the left margin begins a step; the first `#` is the title. */
export function cutSections(stream: readonly Located[], inlineOf: (located: Located) => InlineContext): Sections {
  const sections: Sections = { intro: [], steps: [] };
  for (const located of stream) {
    const { raw } = located;
    if (raw.type === 'heading' && raw.depth === 1 && sections.title === undefined) {
      sections.title = readHeading(located, inlineOf(located)).title;
    } else if (raw.type === 'heading' && raw.depth === 2) {
      sections.steps.push({ ...readHeading(located, inlineOf(located)), blocks: [] });
    } else (sections.steps.at(-1)?.blocks ?? sections.intro).push(located);
  }
  return sections;
}

/** A file of `steps/`: one step, named by its first heading, else by the file. */
export function fileSection(
  stream: readonly Located[],
  path: string,
  inlineOf: (located: Located) => InlineContext,
): Section {
  const at = stream.findIndex(({ raw }) => raw.type === 'heading' && raw.depth <= 2);
  const heading = stream[at];
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^[\d._-]+|\.md$/g, '');
  const place = { file: path, line: 1, column: 1 };
  const head = heading === undefined ? { title: name, place } : readHeading(heading, inlineOf(heading));
  return { id: name, ...head, blocks: stream.filter((_, index) => index !== at) };
}

/** `Title (10 min) {#id}`. */
export function readHeading({ raw, source }: Located, context: InlineContext): Omit<Section, 'blocks'> {
  const place = { file: source.path, line: raw.lines[0] + 1, column: 1 };
  let title = raw.type === 'heading' ? textOf(inlineNodes(raw.inline, context)).trim().slice(0, MAX_TITLE) : '';
  const id = /\{#([A-Za-z][\w-]{0,63})\}$/.exec(title);
  if (id !== null) title = title.slice(0, id.index).trimEnd();
  const minutes = /\((\d{1,3})\s?min(?:utes)?\.?\)$/.exec(title);
  if (minutes !== null) title = title.slice(0, minutes.index).trimEnd();
  return {
    title,
    ...(id === null ? {} : { id: id[1] ?? '' }),
    ...(minutes === null ? {} : { minutes: Number(minutes[1]) }),
    place,
  };
}

export function refuseTwice(steps: readonly { id: string; source: Place }[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { id, source } of steps) {
    if (seen.has(id)) findings.add('STEP_ID_TWICE', source, `Two steps have the id "${id}".`);
    seen.add(id);
  }
}
