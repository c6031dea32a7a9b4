/** A course: labs in an order, with titles, by a `course.yaml` beside them or by their names. */
import { z } from 'zod';
import { createFindings, type Finding, type Findings } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { MAX_COURSE_LABS } from '../limits.ts';
import { resolvePath } from '../source/lab-files.ts';
import { createSourceFile } from '../source/source-file.ts';
import { type Located, placeAlong, plainOf, readYaml } from '../yaml/located.ts';

/** `title` in place of the lab's own. */
export type CourseLab = { path: string; title?: string };
export type Course = { title?: string; summary?: string; labs: CourseLab[] };

export type CourseInput = {
  /** Path of the file, which its labs are named from. */
  path: string;
  /** Absent: there is no such file, and the labs stand in the order of their names. */
  text?: string;
  /** Paths of the labs that there are. */
  labs: ReadonlySet<string>;
};

const words = z.string().min(1).max(1_000);
const labPath = z.string().min(1).max(1_000);
const schema = z
  .strictObject({
    title: words,
    summary: words,
    labs: z
      .array(z.union([labPath, z.strictObject({ path: labPath, title: words.optional() })]))
      .min(1)
      .max(MAX_COURSE_LABS),
  })
  .partial();
const KEYS = Object.keys(schema.shape);

/** Reads a course; null, with all its findings, where one of them is an error. Labs that the file does not list are no part of it. */
export function readCourse(input: CourseInput): { course: Course | null; findings: Finding[] } {
  const findings = createFindings();
  const course = input.text === undefined ? { labs: byName(input.labs) } : fromText(input.text, input, findings);
  const all = findings.all();
  return { course: all.some(({ severity }) => severity === 'error') ? null : (course ?? null), findings: all };
}

function byName(labs: ReadonlySet<string>): CourseLab[] {
  return [...labs]
    .toSorted()
    .slice(0, MAX_COURSE_LABS)
    .map((path) => ({ path }));
}

function fromText(text: string, { path: file, labs }: CourseInput, findings: Findings): Course | undefined {
  const source = createSourceFile(file, text);
  const located = readYaml(source.text, source.placeAt, findings);
  if (located === undefined) return undefined;
  const isEmpty = located.type === 'scalar' && located.value === null;
  if (located.type !== 'map' && !isEmpty) {
    findings.add('VALUE_WRONG', located.place, 'A course is "key: value" lines: title, summary, labs.');
    return undefined;
  }
  const result = schema.safeParse(isEmpty ? {} : plainOf(located));
  if (!result.success) {
    for (const issue of result.error.issues) tell(issue, located, findings);
    return undefined;
  }
  const { labs: listed, ...rest } = result.data;
  return {
    ...(rest.title === undefined ? {} : { title: rest.title }),
    ...(rest.summary === undefined ? {} : { summary: rest.summary }),
    labs: listed === undefined ? byName(labs) : resolved(listed, file, located, labs, findings),
  };
}

function tell(issue: z.core.$ZodIssue, located: Located, findings: Findings): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const near = didYouMean(key, issue.path.length === 0 ? KEYS : ['path', 'title']);
      const place = placeAlong(located, [...issue.path, key]);
      findings.add('KEY_UNKNOWN', place, `"${key}" is no key of a course.${near}`, 'error');
    }
    return;
  }
  const place = placeAlong(located, issue.path);
  const [key] = issue.path;
  if (key === 'labs')
    findings.add(
      'VALUE_WRONG',
      place,
      `"labs" lists 1 to ${MAX_COURSE_LABS} labs: each a path, or "path:" with "title:".`,
    );
  else findings.add('VALUE_WRONG', place, `"${String(key)}" is a text of 1 to 1000 letters.`);
}

function resolved(
  listed: readonly (string | { path: string; title?: string | undefined })[],
  file: string,
  located: Located,
  labs: ReadonlySet<string>,
  findings: Findings,
): CourseLab[] {
  const seen = new Set<string>();
  return listed.flatMap((entry, index): CourseLab[] => {
    const { path: written, title } = typeof entry === 'string' ? { path: entry } : entry;
    const place = placeAlong(located, ['labs', index]);
    const path = resolvePath(file, written);
    if (path === undefined) {
      findings.add('FILE_UNSAFE_PATH', place, `"${written}" leads out of the course.`);
      return [];
    }
    if (!labs.has(path)) {
      findings.add('FILE_MISSING', place, `The course has no lab "${written}".${didYouMean(path, labs)}`);
      return [];
    }
    if (seen.has(path)) {
      findings.add('VALUE_WRONG', place, `"${written}" stands in the course already.`);
      return [];
    }
    seen.add(path);
    return [{ path, ...(title === undefined ? {} : { title }) }];
  });
}
