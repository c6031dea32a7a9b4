/** Front matter: found at the head of a file, read as YAML, checked by its schema; every mistake with its place. */
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import type { SourceFile } from '../source/source-file.ts';
import { keyPlaces, type Located, placeAlong, plainOf, readYaml } from '../yaml/located.ts';
import { type FrontMatter, frontMatterSchema } from './front-matter-schema.ts';

export type FrontMatterPart = {
  values: FrontMatter;
  /** Lines of the file that it takes, its fences included. */
  lines: number;
  /** The place of a key, or of the file's head. */
  placeOf(...path: PropertyKey[]): Place;
};

const KEYS = Object.keys(frontMatterSchema.shape);

/** Reads a file's front matter; `strict` makes an unknown key an error, as `lab check` does. */
export function readFrontMatter(source: SourceFile, findings: Findings, strict: boolean): FrontMatterPart {
  const head: Place = { file: source.path, line: 1, column: 1 };
  const none: FrontMatterPart = { values: {}, lines: 0, placeOf: () => head };
  if (source.lines[0]?.trimEnd() !== '---') return none;
  const end = source.lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  if (end < 0) {
    // A lone rule at the head of a text without front matter is a rule.
    const looksLikeKeys = /^[A-Za-z][\w-]*:/.test(source.lines[1] ?? '');
    if (looksLikeKeys) findings.add('FRONT_MATTER_OPEN', head, 'The front matter has no closing "---".');
    return none;
  }
  const text = source.lines.slice(1, end).join('\n');
  const offset = (source.lines[0]?.length ?? 0) + 1;
  const lines = end + 1;
  const whole = readYaml(text, (at) => source.placeAt(at + offset), findings);
  if (whole === undefined) return { ...none, lines };
  const nested = whole.type === 'map' ? whole.entries.find(({ key }) => key === 'drydock') : undefined;
  const located = nested?.value ?? whole;
  const placeOf = (...path: PropertyKey[]) => placeAlong(located, path);
  return { values: checked(located, findings, strict), lines, placeOf };
}

function checked(located: Located, findings: Findings, strict: boolean): FrontMatter {
  if (located.type === 'scalar' && located.value === null) return {};
  if (located.type !== 'map') {
    findings.add('VALUE_WRONG', located.place, 'The front matter is "key: value" lines.');
    return {};
  }
  const plain = plainOf(located) as Record<string, unknown>;
  const version = plain.lab;
  if (typeof version === 'number' && version > 1) {
    findings.add(
      'FORMAT_NEWER',
      placeAlong(located, ['lab']),
      `This lab wants format ${version}; this Drydock reads format 1.`,
    );
    return {};
  }
  const result = frontMatterSchema.safeParse(plain);
  if (result.success) return result.data;
  const bad = new Set<string>();
  for (const issue of result.error.issues) {
    const [first] = issue.path;
    if (issue.code === 'unrecognized_keys') {
      const places = keyPlaces(located, issue.path);
      for (const key of issue.keys) {
        const place = places.get(key) ?? located.place;
        const known = first === undefined ? KEYS : [];
        const where = first === undefined ? 'the front matter' : `"${String(first)}"`;
        const severity = strict || first !== undefined ? 'error' : undefined;
        findings.add('KEY_UNKNOWN', place, `"${key}" is no key of ${where}.${didYouMean(key, known)}`, severity);
        bad.add(first === undefined ? key : String(first));
      }
    } else {
      if (first !== undefined) bad.add(String(first));
      findings.add('VALUE_WRONG', placeAlong(located, issue.path), `"${issue.path.join('.')}": ${sentence(issue)}`);
    }
  }
  const rest = Object.fromEntries(Object.entries(plain).filter(([key]) => !bad.has(key)));
  const second = frontMatterSchema.safeParse(rest);
  return second.success ? second.data : {};
}

function sentence(issue: { message: string; code?: string; values?: unknown }): string {
  if (issue.code === 'invalid_value' && Array.isArray(issue.values)) return `it is one of ${issue.values.join(', ')}.`;
  if (issue.code === 'invalid_union') return 'this form is not known here.';
  return issue.message.endsWith('.') ? issue.message : `${issue.message}.`;
}
