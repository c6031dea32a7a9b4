/** What an importer or exporter could not carry over as it was: each construct with its file and line. */
import { MAX_FINDINGS } from '../limits.ts';
import type { LabFiles } from '../source/lab-files.ts';

/** `dropped`: it is gone. `changed`: it is there, but does something else, or looks otherwise. */
export type ReportKind = 'dropped' | 'changed';

/** `construct` names it in the source's own words (`{{execute T2}}`, `details.assets`); lines count from 1. */
export type ReportEntry = { kind: ReportKind; construct: string; message: string; file: string; line: number };

export type Report = {
  /** Notes an entry. The same one again is not noted; beyond MAX_FINDINGS they are only counted. */
  dropped(construct: string, file: string, line: number, message: string): void;
  changed(construct: string, file: string, line: number, message: string): void;
  /** By file and line; one more at the end says how many were left out. */
  all(): ReportEntry[];
};

/** What an importer gives: a lab's files, `entry` being its Markdown file among them. Null where there is nothing to read. */
export type Imported = { entry: 'lab.md'; files: LabFiles | null; report: ReportEntry[] };

/** The longest name of a construct (characters): it is quoted from a foreign file. */
const MAX_CONSTRUCT = 120;

export function createReport(): Report {
  const kept: ReportEntry[] = [];
  const seen = new Set<string>();
  let leftOut = 0;

  function add(kind: ReportKind, construct: string, file: string, line: number, message: string): void {
    const entry = { kind, construct: oneLine(construct), message, file, line: Math.max(1, line) };
    const key = JSON.stringify(entry);
    if (seen.has(key)) return;
    if (kept.length >= MAX_FINDINGS) {
      leftOut += 1;
      return;
    }
    seen.add(key);
    kept.push(entry);
  }

  return {
    dropped: (construct, file, line, message) => add('dropped', construct, file, line, message),
    changed: (construct, file, line, message) => add('changed', construct, file, line, message),
    all() {
      const sorted = kept.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
      const [first] = sorted;
      if (leftOut === 0 || first === undefined) return sorted;
      const message = `${leftOut} more are not listed.`;
      return [...sorted, { kind: 'dropped', construct: 'report', message, file: first.file, line: 1 }];
    },
  };
}

function oneLine(text: string): string {
  const line = text
    .slice(0, MAX_CONSTRUCT * 2)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_CONSTRUCT ? `${line.slice(0, MAX_CONSTRUCT)}…` : line;
}
