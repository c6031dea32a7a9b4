/** Foreign YAML by the package's own bounded reader; what cannot be read is told and left out. */
import { createFindings } from '../findings/finding.ts';
import { MAX_TEXT_BYTES } from '../limits.ts';
import { utf8Length } from '../source/lab-files.ts';
import { createSourceFile, normaliseText } from '../source/source-file.ts';
import { type Located, type LocatedEntry, plainOf, readYaml } from '../yaml/located.ts';
import type { Report } from './report.ts';

/** Texts of a course by path, as its importer is given them. */
export type ForeignFiles = ReadonlyMap<string, string>;

/** A file's text with LF line ends; undefined where there is none, or where it is too large. */
export function foreignText(files: ForeignFiles, path: string, report: Report): string | undefined {
  const text = files.get(path);
  if (text === undefined) return undefined;
  if (utf8Length(text) > MAX_TEXT_BYTES) {
    report.dropped(path, path, 1, `A text has at most ${MAX_TEXT_BYTES} bytes.`);
    return undefined;
  }
  return normaliseText(text);
}

/** Reads YAML whose first line is line `firstLine` of the file. Mistakes become entries of the report. */
export function foreignYaml(text: string, file: string, firstLine: number, report: Report): Located | undefined {
  const findings = createFindings();
  const source = createSourceFile(file, text);
  const placeOf = (offset: number) => {
    const place = source.placeAt(offset);
    return { ...place, line: place.line + firstLine - 1 };
  };
  const value = readYaml(source.text, placeOf, findings);
  for (const { line, message } of findings.all()) report.dropped('YAML', file, line, message);
  return value;
}

export type Front = {
  values: Located | undefined;
  body: string /** Number of the body's first line. */;
  bodyLine: number;
};

/** A page's front matter and its body. */
export function foreignFront(text: string, file: string, report: Report): Front {
  const lines = text.split('\n');
  const end = lines[0]?.trimEnd() === '---' ? lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---') : -1;
  if (end < 0) return { values: undefined, body: text, bodyLine: 1 };
  const values = foreignYaml(lines.slice(1, end).join('\n'), file, 2, report);
  return { values, body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 };
}

/** The entry at a path of keys. */
export function entryAt(value: Located | undefined, ...keys: string[]): LocatedEntry | undefined {
  let current = value;
  let found: LocatedEntry | undefined;
  for (const key of keys) {
    found = current?.type === 'map' ? current.entries.find((entry) => entry.key === key) : undefined;
    current = found?.value;
  }
  return found;
}

/** The scalar there as text, at most `most` long; undefined for none. */
export function textAt(value: Located | undefined, key: string, most = 1_000): string | undefined {
  const found = entryAt(value, key)?.value;
  if (found?.type !== 'scalar' || found.value === null) return undefined;
  const text = String(found.value);
  return text.trim() === '' ? undefined : text.slice(0, most);
}

export function numberAt(value: Located | undefined, key: string): number | undefined {
  const found = Number(textAt(value, key));
  return Number.isFinite(found) ? found : undefined;
}

export function itemsAt(value: Located | undefined, key: string): Located[] {
  const found = entryAt(value, key)?.value;
  return found?.type === 'list' ? found.items : [];
}

export function entriesAt(value: Located | undefined, ...keys: string[]): LocatedEntry[] {
  const found = keys.length === 0 ? value : entryAt(value, ...keys)?.value;
  return found?.type === 'map' ? found.entries : [];
}

/** Texts of a list of scalars. */
export function wordsAt(value: Located | undefined, key: string): string[] {
  return itemsAt(value, key).flatMap((item) =>
    item.type === 'scalar' && item.value !== null && String(item.value).trim() !== '' ? [String(item.value)] : [],
  );
}

/** Tells each key that no rule reads. */
export function tellOthers(value: Located | undefined, known: readonly string[], report: Report, where: string): void {
  for (const { key, place, value: given } of entriesAt(value)) {
    if (!known.includes(key) && !(given.type === 'scalar' && given.value === null))
      report.dropped(`${where}${key}`, place.file, place.line, 'A lab has no such key.');
  }
}

/** Plain values, for writing them again. */
export const plainValue = plainOf;
