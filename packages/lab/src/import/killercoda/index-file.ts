/** `index.json` (or `index.yaml`) as values with places. JSON is read as the YAML that it is, so that each key has its line. */
import { createFindings } from '../../findings/finding.ts';
import { createSourceFile } from '../../source/source-file.ts';
import { type Located, readYaml } from '../../yaml/located.ts';
import type { Report } from '../report.ts';

/** Reads the text; undefined, with an entry of the report, where it cannot be read. */
export function readIndex(text: string, file: string, report: Report): Located | undefined {
  // Tabs are blanks in JSON, but no indentation in YAML.
  const source = createSourceFile(
    file,
    text.replace(/^\ufeff/, '').replace(/^[ \t]+/gm, (blanks) => blanks.replace(/\t/g, ' ')),
  );
  const findings = createFindings();
  const value = readYaml(source.text, (offset) => source.placeAt(offset), findings);
  for (const { line, message } of findings.all()) report.dropped('index', file, line, message);
  if (value !== undefined && value.type !== 'map') {
    report.dropped('index', file, 1, 'The index is no map of keys.');
    return undefined;
  }
  return value;
}

export function field(value: Located | undefined, ...path: readonly string[]): Located | undefined {
  let current = value;
  for (const key of path) {
    if (current?.type !== 'map') return undefined;
    current = current.entries.find((entry) => entry.key === key)?.value;
  }
  return current;
}

/** A text of at most `most` characters; numbers too. */
export function textField(value: Located | undefined, ...path: readonly string[]): string | undefined {
  const found = field(value, ...path);
  if (found?.type !== 'scalar' || found.value === null || typeof found.value === 'boolean') return undefined;
  const text = String(found.value).trim().slice(0, 1_000);
  return text === '' ? undefined : text;
}

export function itemsOf(value: Located | undefined): readonly Located[] {
  return value?.type === 'list' ? value.items : [];
}

/** Notes every key of the map that is not in `known`, as dropped. */
export function reportUnknown(
  value: Located | undefined,
  known: ReadonlySet<string>,
  prefix: string,
  report: Report,
): void {
  if (value?.type !== 'map') return;
  for (const { key, place } of value.entries)
    if (!known.has(key)) report.dropped(`${prefix}${key}`, place.file, place.line, 'A lab has no such setting.');
}
