/** The project's own labs (labs/): what can be said of them without nodes. `drydock lab test` says the rest. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Block, compileLab, leavesOf, needsOf } from '@drydock/lab';
import { expect, test } from 'vitest';
import { checkFound } from './check.ts';
import { findLabs } from './files/find-labs.ts';

const REPO = fileURLToPath(new URL('../../../../..', import.meta.url));
const LABS = join(REPO, 'labs');
const found = await findLabs(LABS);
const names = readdirSync(LABS, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
const compiled = found.labs.map(({ folder, entry, files }) => {
  const { lab } = compileLab({ entry, files, strict: true });
  if (lab === null) throw new Error(`${folder} has errors: drydock lab check labs`);
  return { name: folder.slice(LABS.length + 1), lab };
});

/** Images of the offline library (infra/library), by every name that does not depend on a version. */
async function libraryImages(): Promise<Set<string>> {
  const { CORE, MORE } = await import(join(REPO, 'infra/library/catalogue.mjs'));
  const facts = { version: '0.0.0', suite: 'trixie' };
  return new Set(
    [...CORE, ...MORE].flatMap(({ repository, tags }: { repository: string; tags: (known: object) => string[] }) =>
      tags(facts).map((tag) => `${repository.replace(/^library\//, '')}:${tag}`),
    ),
  );
}

function allBlocks(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => ('blocks' in block ? [block, ...allBlocks(block.blocks)] : [block]));
}

test('nothing is wrong with any of them, and each asks only for images of the offline library', async () => {
  const checked = checkFound(found, await libraryImages());
  expect([...checked.course, ...checked.labs.flatMap(({ findings }) => findings)]).toEqual([]);
});

test('there are at least 24, all of them in the course', () => {
  expect(names.length).toBeGreaterThanOrEqual(24);
  const course = readFileSync(join(LABS, 'course.yaml'), 'utf8');
  const listed = [...course.matchAll(/^ {2}- (.*)\/lab\.md$/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(names.toSorted());
});

test.each(compiled)('$name says what it is, can be solved, and expects mistakes', ({ lab }) => {
  expect(lab).toMatchObject({ level: expect.any(String), license: 'Apache-2.0', minutes: expect.any(Number) });
  expect(lab.minutes).toBeGreaterThanOrEqual(10);
  expect(lab.minutes).toBeLessThanOrEqual(25);
  expect(lab.needs).toEqual([]);
  expect(lab.steps.length).toBeGreaterThanOrEqual(4);
  for (const step of lab.steps) {
    expect(step.solve, step.id).not.toBeNull();
    expect(leavesOf(step.checks).length, step.id).toBeGreaterThan(0);
    // A shell variable cannot be seen from outside the shell.
    expect(needsOf(step).probes.some(({ kind }) => kind === 'env')).toBe(false);
  }
  expect(lab.steps.flatMap(({ wrong }) => wrong).length).toBeGreaterThanOrEqual(2);
  const blocks = allBlocks([...lab.intro, ...lab.steps.flatMap((step) => step.blocks)]);
  expect(blocks.some(({ kind }) => kind === 'hint' || kind === 'quiz' || kind === 'solution')).toBe(true);
});

test('most checks are declared; a script is used where nothing else can see it', () => {
  const leaves = compiled.flatMap(({ lab }) => lab.steps.flatMap(({ checks }) => leavesOf(checks)));
  const scripts = leaves.filter(({ subject }) => subject.kind === 'run');
  expect(scripts.length / leaves.length).toBeLessThan(0.25);
});

test('the table of exercises names labs that there are, and each lab of the course is in it or below it', () => {
  const text = readFileSync(join(REPO, 'docs/labs/exercises.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (C\d\d-\d\d.*?) \| .*? \| (.*?) \|$/gm)];
  expect(rows.length).toBeGreaterThan(30);
  for (const [, exercise, cell = ''] of rows) {
    if (cell.startsWith('none: ')) continue;
    for (const name of cell.replace(/ \(.*\)$/, '').split(', ')) expect(names, exercise).toContain(name);
  }
});
