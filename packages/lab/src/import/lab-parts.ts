/** What the importers of courses with hosts and scripts have in common: names, levels, helper files, the written lab. */
import type { FrontMatter } from '../compile/front-matter-schema.ts';
import { MAX_LAB_FILES, MAX_LAB_NODES, MAX_STEPS, MAX_TEXT_BYTES } from '../limits.ts';
import { isNodePath, type LabFile, utf8Length } from '../source/lab-files.ts';
import type { Imported, Report } from './report.ts';
import { type WrittenStep, writeLab } from './write-lab.ts';

const RESERVED = /^(type|keys|show|check|setup|solve|break|wrong|background|once|all|append|match)$/;

/** A host's name as a node may have it; a word of our fences gets a suffix. */
export function nodeName(name: string): string {
  const plain = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 26)
    .replace(/-+$/, '');
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
  return {
    files,
    put(node, path, text, executable, from) {
      const clean = path.replace(/\/+/g, '/');
      const isPlain = isNodePath(clean) && !clean.endsWith('/') && !clean.split('/').includes('.');
      if (!isPlain || utf8Length(text) > MAX_TEXT_BYTES || files.size >= MAX_LAB_FILES / 2) {
        report.dropped(`file ${path}`, from.file, from.line, 'No path of a node, or more than a lab may bring.');
        return false;
      }
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

/** The lab's files; steps beyond the bound are told at `file`. */
export function importedLab({ front, intro, steps, finish, files }: Parts, file: string, report: Report): Imported {
  if (steps.length > MAX_STEPS) report.dropped('steps', file, 1, `A lab has at most ${MAX_STEPS} steps.`);
  const kept = steps
    .slice(0, MAX_STEPS)
    .map((step, index) => ({ ...step, title: step.title.trim().slice(0, 200) || `Step ${index + 1}` }));
  const text = writeLab({ front, intro, steps: kept, ...(finish === undefined ? {} : { finish }) });
  return { entry: 'lab.md', files: new Map<string, LabFile>([['lab.md', { text }], ...files]), report: report.all() };
}

/** Nothing that this importer knows. */
export function nothingThere(file: string, message: string, report: Report): Imported {
  report.dropped('course', file, 1, message);
  return { entry: 'lab.md', files: null, report: report.all() };
}
