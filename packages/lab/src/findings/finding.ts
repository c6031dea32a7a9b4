/** What is wrong in a lab, where: all of it at once, in the order of the files. */
import { MAX_FINDINGS } from '../limits.ts';
import { type FindingCode, findingSeverity, type Severity } from './codes.ts';

/** A place in a file of the lab; lines and columns count from 1, columns in UTF-16 units. */
export type Place = { file: string; line: number; column: number };

export type Finding = { severity: Severity; code: FindingCode; message: string } & Place;

export type Findings = {
  /** Notes a finding; the severity is that of its code unless another is given. Beyond MAX_FINDINGS they are only counted. */
  add(code: FindingCode, place: Place, message: string, severity?: Severity): void;
  /** By file, line, column; one more says how many were left out. */
  all(): Finding[];
};

export function createFindings(): Findings {
  const kept: Finding[] = [];
  const seen = new Set<string>();
  let leftOut = 0;
  return {
    add(code, { file, line, column }, message, severity = findingSeverity(code)) {
      const finding: Finding = { severity, code, message, file, line, column };
      const key = `${code}\n${file}\n${line}\n${column}\n${message}`;
      if (seen.has(key)) return;
      if (kept.length >= MAX_FINDINGS) {
        leftOut += 1;
        // What refuses a lab is never left out for what does not.
        const harmless = severity === 'error' ? kept.findLastIndex((other) => other.severity !== 'error') : -1;
        if (harmless < 0) return;
        kept.splice(harmless, 1);
      }
      seen.add(key);
      kept.push(finding);
    },
    all() {
      const sorted = kept.toSorted(
        (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
      );
      if (leftOut === 0) return sorted;
      const [first] = sorted;
      const place = { file: first?.file ?? '', line: 1, column: 1 };
      return [
        ...sorted,
        { severity: 'note', code: 'MORE_FINDINGS', message: `${leftOut} more are not listed.`, ...place },
      ];
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
