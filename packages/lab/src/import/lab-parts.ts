/** What the importers of courses with hosts and scripts have in common: names, levels, helper files, the written lab. */
import { withoutEnd } from '@drydock/protocol';
import type { FrontMatter } from '../compile/front-matter-schema.ts';
import {
  MAX_BLOCKS,
  MAX_HINTS,
  MAX_LAB_BYTES,
  MAX_LAB_FILES,
  MAX_LAB_NODES,
  MAX_STEPS,
  MAX_TEXT_BYTES,
} from '../limits.ts';
import { isNodePath, type LabFile, utf8Length } from '../source/lab-files.ts';
import type { Imported, Report } from './report.ts';
import { type WrittenStep, writeLab } from './write-lab.ts';

const RESERVED = /^(type|keys|show|check|setup|solve|break|wrong|background|once|all|append|match)$/;

/** All files of nodes (bytes): with the page they are within what a lab has. */
const MAX_NODE_BYTES = MAX_LAB_BYTES - 2 * MAX_TEXT_BYTES;
/** Texts of the steps, and the introduction: with headings and front matter they are one text. */
const MAX_BODIES = MAX_TEXT_BYTES / 2;
const MAX_INTRO = 64 * 1024;
/** Of a lab's 500 blocks: the rest is for questions and folded parts. */
const MAX_FENCES = (MAX_BLOCKS * 3) / 5;
const MAX_FOLDED = MAX_BLOCKS / 5;
/** A fence with words, also in a list or a quote. */
const FENCE = /^((?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:`{3,}|~{3,}))[ \t]*[^\s`]/;
const FOLDED = /<summary>([^A-Za-z<]{0,100}(?:hints?|solutions?)\b)/gi;

/** A host's name as a node may have it; a word of our fences gets a suffix. */
export function nodeName(name: string): string {
  const words = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 26);
  const plain = withoutEnd(words, '-');
  if (plain === '') return 'node1';
  return RESERVED.test(plain) ? `${plain}-node` : plain;
}

/** Names of hosts to names of nodes; hosts beyond the bound are told and share the first. */
export function nodesOf(
  hosts: readonly { name: string; file: string; line: number }[],
  report: Report,
): Map<string, string> {
  const nodes = new Map<string, string>();
  const used = new Set<string>();
  for (const { name, file, line } of hosts) {
    const node = nodeName(name);
    if (nodes.has(name)) continue;
    if (used.size >= MAX_LAB_NODES && !used.has(node)) {
      report.dropped(
        `host ${name}`,
        file,
        line,
        `A lab has at most ${MAX_LAB_NODES} nodes; what it does happens on the first.`,
      );
      continue;
    }
    if (node !== name) report.changed(`host ${name}`, file, line, `The node is named "${node}".`);
    used.add(node);
    nodes.set(name, node);
  }
  return nodes;
}

export function levelOf(word: string | undefined): FrontMatter['level'] {
  switch (word?.toLowerCase()) {
    case 'beginner':
    case 'basic':
    case 'easy':
      return 'beginner';
    case 'intermediate':
    case 'medium':
      return 'intermediate';
    case 'advanced':
    case 'expert':
    case 'hard':
      return 'advanced';
    default:
      return undefined;
  }
}

/** Minutes as front matter takes them. */
export function minutesOf(minutes: number | undefined): number | undefined {
  return minutes === undefined || !(minutes > 0) ? undefined : Math.min(1_440, Math.max(1, Math.round(minutes)));
}

export type NodeFiles = {
  readonly files: ReadonlyMap<string, LabFile>;
  /** Puts a file on a node, or on `all`. A path that is no absolute path of a node is told and left out: false. */
  put(node: string, path: string, text: string, executable: boolean, from: { file: string; line: number }): boolean;
};

export function createNodeFiles(report: Report): NodeFiles {
  const files = new Map<string, LabFile>();
  let bytes = 0;
  return {
    files,
    put(node, path, text, executable, from) {
      const clean = path.replace(/\/+/g, '/');
      const isPlain = isNodePath(clean) && !clean.endsWith('/') && !clean.split('/').includes('.');
      if (
        !isPlain ||
        utf8Length(text) > MAX_TEXT_BYTES ||
        bytes + utf8Length(text) > MAX_NODE_BYTES ||
        files.size >= MAX_LAB_FILES / 2
      ) {
        report.dropped(`file ${path}`, from.file, from.line, 'No path of a node, or more than a lab may bring.');
        return false;
      }
      bytes += utf8Length(text);
      files.set(`files/${node}${clean}`, { text, ...(executable ? { executable: true } : {}) });
      return true;
    },
  };
}

export type Parts = {
  front: FrontMatter;
  intro: string;
  steps: WrittenStep[];
  finish?: string;
  files: ReadonlyMap<string, LabFile>;
};

/** Steps, blocks with buttons and hints as a lab may have; what is over is told at `file`. */
function boundedSteps(steps: readonly WrittenStep[], file: string, report: Report): WrittenStep[] {
  let bytes = 0;
  let fences = 0;
  let folded = 0;
  const fits = steps.filter(({ body }, index) => {
    bytes += utf8Length(body);
    return index < MAX_STEPS && bytes <= MAX_BODIES;
  });
  if (fits.length < steps.length)
    report.dropped('steps', file, 1, `A lab has at most ${MAX_STEPS} steps and ${MAX_BODIES} bytes of text.`);
  const bounded = fits.map(({ title, body, ...step }, index) => {
    let hints = 0;
    const lines = body.split('\n').map((line) => {
      const fence = FENCE.exec(line);
      if (fence !== null) {
        fences += 1;
        return fences > MAX_FENCES ? (fence[1] ?? line) : line;
      }
      return line.replace(FOLDED, (whole, words) => {
        hints += 1;
        folded += 1;
        return hints > MAX_HINTS || folded > MAX_FOLDED ? `<summary>More: ${words}` : whole;
      });
    });
    return { ...step, title: title.trim().slice(0, 200) || `Step ${index + 1}`, body: lines.join('\n') };
  });
  if (fences > MAX_FENCES)
    report.changed('code blocks', file, 1, `Beyond ${MAX_FENCES} blocks of a course, code is only shown.`);
  if (folded > MAX_FOLDED)
    report.changed('hints', file, 1, `Beyond ${MAX_FOLDED} of a course they are plain folded parts.`);
  return bounded;
}

/** The lab's files; steps beyond the bound are told at `file`. */
export function importedLab({ front, intro, steps, finish, files }: Parts, file: string, report: Report): Imported {
  const kept = boundedSteps(steps, file, report);
  const text = writeLab({
    front,
    intro: intro.slice(0, MAX_INTRO),
    steps: kept,
    ...(finish === undefined ? {} : { finish }),
  });
  return { entry: 'lab.md', files: new Map<string, LabFile>([['lab.md', { text }], ...files]), report: report.all() };
}

/** Nothing that this importer knows. */
export function nothingThere(file: string, message: string, report: Report): Imported {
  report.dropped('course', file, 1, message);
  return { entry: 'lab.md', files: null, report: report.all() };
}
