/** A lab's files to a compiled lab, and everything that is wrong with them at once. */
import Slugger from 'github-slugger';
import type { Block } from '../blocks.ts';
import { createFindings, type Finding, type Findings } from '../findings/finding.ts';
import { digestFiles, shortHash } from '../hash.ts';
import type { Lab, Origin, Step } from '../lab.ts';
import { MAX_ASSET_BYTES, MAX_LAB_BYTES, MAX_LAB_FILES, MAX_STEPS } from '../limits.ts';
import { textOf } from '../markdown/prose-nodes.ts';
import { fileSize, type LabFiles } from '../source/lab-files.ts';
import { createAssetCheck, refuseImages } from './assets.ts';
import { blocksOf } from './blocks-of.ts';
import { type CompileContext, createBlockCounter } from './context.ts';
import { type FrontMatterPart, readFrontMatter } from './front-matter.ts';
import { createLoader, type Located } from './load.ts';
import { cutSections, fileSection, refuseTwice, type Section } from './sections.ts';
import { createStepParts } from './step-parts.ts';
import { envWishes, fileWishes, needWishes, nodeWishes, portWishes, setupScripts } from './wishes.ts';

export type LabInput = {
  /** Path of the lab's Markdown file among `files`. */
  entry: string;
  files: LabFiles;
  /** Default: a slug of the title. */
  id?: string;
  origin?: Origin;
  /** Images that the installation has; absent: nobody asks. */
  images?: ReadonlySet<string>;
  /** Nodes that the installation allows a session. */
  maxNodes?: number;
  /** As `lab check` reads: unknown keys and hidden letters are errors. */
  strict?: boolean;
};

export type Compiled = {
  /** Null where a finding is an error: no session is ever made of half a lab. */
  lab: Lab | null;
  /** What could be read nevertheless, for a preview; null where there is nothing to show. */
  draft: Lab | null;
  findings: Finding[];
};

/** Compiles a lab. Never throws; its time is linear in the texts' length, which is bounded. */
export function compileLab(input: LabInput): Compiled {
  const findings = createFindings();
  const draft = compileDraft(input, findings);
  const all = findings.all();
  const isGood = draft !== null && !all.some(({ severity }) => severity === 'error');
  if (draft !== null) draft.notes = all;
  return { lab: isGood ? draft : null, draft, findings: all };
}

function compileDraft(input: LabInput, findings: Findings): Lab | null {
  const { entry, files } = input;
  const head = { file: entry, line: 1, column: 1 };
  if (!fitsBounds(files, head, findings)) return null;
  const loader = createLoader(files, findings);
  const source = loader.source(entry, head);
  if (source === undefined) return null;
  if (source.text.trim() === '') {
    findings.add('LAB_EMPTY', head, 'This lab is empty.');
    return null;
  }
  const strict = input.strict === true;
  const front = readFrontMatter(source, findings, strict);
  const { values } = front;
  const nodes = nodeWishes(front, input.maxNodes, findings);
  const names =
    values.template !== undefined && values.nodes === undefined ? null : new Set(nodes.map(({ name }) => name));
  const onAsset = createAssetCheck(files, findings);
  const slugs = new Slugger();
  const context: CompileContext = {
    strict,
    findings,
    leaves: { findings, nodes: names, firstNode: nodes[0]?.name ?? 'node1' },
    slugs,
    inlineOf: (file) => ({
      source: file,
      lineOffset: file === source ? front.lines : 0,
      nodes: names ?? DEFAULT_NODES,
      findings,
      onAsset,
    }),
    countBlock: createBlockCounter(findings),
  };
  const stream = loader.blocks(source, front.lines);
  const { notes, rest } = takeFootnotes(stream);
  const cut = cutSections(rest, ({ source: file }) => context.inlineOf(file));
  const stepFiles = loader.stepFiles(entry).flatMap((path): Section[] => {
    const file = loader.source(path, head);
    return file === undefined
      ? []
      : [fileSection(loader.blocks(file, 0), path, ({ source: from }) => context.inlineOf(from))];
  });
  const sections = [...cut.steps, ...stepFiles];
  if (sections.length > MAX_STEPS) {
    findings.add(
      'STEPS_OVER_LIMIT',
      sections[MAX_STEPS]?.place ?? head,
      `A lab has ${sections.length} steps; ${MAX_STEPS} are allowed.`,
    );
  }
  if (sections.length === 0) findings.add('STEPS_NONE', head, 'No heading "## …" makes a step.');
  const stepSlugs = new Slugger();
  const isText = nodes.length === 0 && values.template === undefined;
  const intro = blocksOf(withNotes(cut.intro, notes), createStepParts('intro', findings), context);
  const built = sections.slice(0, MAX_STEPS).map((section) => buildStep(section, stepSlugs, notes, isText, context));
  refuseTwice(built, findings);
  const last = built.at(-1);
  const finish =
    last !== undefined && last.id === 'finish' && last.checks.of.length === 0 && built.length > 1
      ? last.blocks
      : undefined;
  const steps = finish === undefined ? built : built.slice(0, -1);
  refuseImages(front, input.images, findings);
  const title = values.title ?? cut.title ?? entry.slice(entry.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return labOf({ input, front, title, summary: summaryOf(intro), nodes, steps, intro, finish, names, findings });
}

/** Node names that links may use where a template makes the nodes. */
const DEFAULT_NODES: ReadonlySet<string> = new Set(Array.from({ length: 9 }, (_, index) => `node${index + 1}`));

function fitsBounds(
  files: LabFiles,
  head: { file: string; line: number; column: number },
  findings: Findings,
): boolean {
  let bytes = 0;
  let fits = true;
  for (const [path, file] of files) {
    const size = fileSize(file);
    bytes += size;
    if (size > MAX_ASSET_BYTES) {
      fits = false;
      findings.add(
        'FILE_TOO_LARGE',
        { ...head, file: path },
        `"${path}" has ${size} bytes; ${MAX_ASSET_BYTES} are allowed.`,
      );
    }
  }
  if (bytes > MAX_LAB_BYTES || files.size > MAX_LAB_FILES) {
    fits = false;
    findings.add(
      'LAB_TOO_LARGE',
      head,
      `A lab has at most ${MAX_LAB_FILES} files and ${MAX_LAB_BYTES} bytes; this has ${files.size} and ${bytes}.`,
    );
  }
  return fits;
}

/** Definitions of footnotes stand at the end of the page; each step gets those that it names. */
function takeFootnotes(stream: readonly Located[]): { notes: Map<string, Located>; rest: Located[] } {
  const notes = new Map<string, Located>();
  const rest: Located[] = [];
  for (const located of stream) {
    if (located.raw.type === 'footnote') notes.set(located.raw.label, located);
    else rest.push(located);
  }
  return { notes, rest };
}

function withNotes(blocks: readonly Located[], notes: ReadonlyMap<string, Located>): Located[] {
  if (notes.size === 0) return [...blocks];
  const text = blocks.map(({ raw, source }) => source.lines.slice(...raw.lines).join('\n')).join('\n');
  const labels = new Set(text.split('[^').map((piece) => /^([^\]\n]{1,200})\]/.exec(piece)?.[1]));
  return [...blocks, ...[...notes].flatMap(([label, note]) => (labels.has(label) ? [note] : []))];
}

function buildStep(
  section: Section,
  slugs: Slugger,
  notes: ReadonlyMap<string, Located>,
  isText: boolean,
  context: CompileContext,
): Step {
  const named = section.id ?? slugs.slug(section.title);
  // Whoever keeps something by a step's id finds what every object has under such a name.
  const id = named in {} ? `step-${named}` : named;
  const parts = createStepParts(id, context.findings);
  const blocks = blocksOf(withNotes(section.blocks, notes), parts, context);
  const text = section.blocks.map(({ raw, source }) => source.lines.slice(...raw.lines).join('\n'));
  if (parts.all.length === 0 && parts.quizzes === 0 && id !== 'finish' && !isText) {
    context.findings.add('STEP_WITHOUT_CHECK', section.place, `Nothing checks the step "${section.title}".`);
  }
  refuseHints(parts, section, context.findings);
  return {
    id,
    title: section.title,
    ...(section.minutes === undefined ? {} : { minutes: section.minutes }),
    hash: shortHash([section.title, ...text].join('\n\n')),
    blocks,
    checks: { op: 'all', of: parts.all },
    ...(parts.fail.length === 0 ? {} : { fail: { op: 'any' as const, of: parts.fail } }),
    setup: parts.setup,
    solve: parts.solve.length > 0 ? parts.solve : parts.doing > 0 ? 'blocks' : null,
    breaks: parts.breaks,
    wrong: parts.wrong,
    hints: parts.hints,
    source: section.place,
  };
}

function refuseHints(parts: ReturnType<typeof createStepParts>, { place }: Section, findings: Findings): void {
  if (parts.hints.every(({ for: tie }) => tie === undefined)) return;
  const text = JSON.stringify(parts.all);
  for (const { title, for: tie } of parts.hints) {
    if (tie === undefined || text.includes(JSON.stringify(tie))) continue;
    findings.add('HINT_WITHOUT_LEAF', place, `The hint "${title}" is for "${tie}", about which the step asks nothing.`);
  }
}

function summaryOf(intro: readonly Block[]): string {
  for (const block of intro) {
    const paragraph = block.kind === 'prose' ? block.nodes.find(({ type }) => type === 'paragraph') : undefined;
    if (paragraph?.type === 'paragraph') return textOf(paragraph.children).replace(/\s+/g, ' ').trim().slice(0, 300);
  }
  return '';
}

type Built = {
  input: LabInput;
  front: FrontMatterPart;
  title: string;
  summary: string;
  nodes: Lab['nodes'];
  steps: Step[];
  intro: Block[];
  finish: Block[] | undefined;
  names: ReadonlySet<string> | null;
  findings: Findings;
};

function labOf({ input, front, title, summary, nodes, steps, intro, finish, names, findings }: Built): Lab {
  const { values } = front;
  const { entry, files } = input;
  const minutes = minutesOf(front, steps, findings);
  const optional = {
    level: values.level,
    minutes,
    license: values.license,
    image: values.image,
    origin: input.origin,
    template: values.template,
    finish,
  };
  return {
    format: 1,
    id: input.id ?? (new Slugger().slug(title) || 'lab'),
    digest: digestFiles(files),
    title,
    summary: values.summary ?? summary,
    lang: values.lang ?? 'en',
    authors: values.authors ?? [],
    tags: values.tags ?? [],
    nodes,
    needs: needWishes(front, findings),
    images: values.images ?? [],
    env: envWishes(front, findings),
    ports: portWishes(front, names, findings),
    files: fileWishes(front, entry, files, names, findings),
    setup: setupScripts(front, entry, files, names, findings),
    layout: values.layout ?? 'side',
    order: values.order ?? 'free',
    reset: values.reset ?? 'ask',
    intro,
    steps,
    notes: [],
    ...definedOnly(optional),
  };
}

function minutesOf(
  { values, placeOf }: FrontMatterPart,
  steps: readonly Step[],
  findings: Findings,
): number | undefined {
  if (typeof values.time === 'number') return values.time;
  if (values.time !== undefined) {
    const match = /^(?:(\d{1,2})\s?h)?\s?(?:(\d{1,4})\s?m(?:in)?)?$/.exec(values.time.trim());
    if (match?.[1] !== undefined || match?.[2] !== undefined) return Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
    findings.add('VALUE_WRONG', placeOf('time'), `"time" is minutes, such as 25m; not "${values.time}".`);
  }
  const sum = steps.reduce((total, step) => total + (step.minutes ?? 0), 0);
  return sum === 0 ? undefined : sum;
}

/** Without the fields that are undefined: an absent field and one that is undefined are the same in JSON. */
function definedOnly<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
