import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leavesOf } from '../checks/plan.ts';
import { SUBJECT_KINDS, SUBJECTS } from '../checks/subjects.ts';
import { compileLab } from '../compile/compile-lab.ts';
import { explain } from '../explain/explain.ts';
import { sentenceOf } from '../explain/explanation.ts';
import { factsSchema } from '../facts/facts.ts';
import { patternFinds, patternProblem } from '../patterns/pattern.ts';
import { evaluate } from './evaluate.ts';

const name = fc.constantFrom('web', 'wbe', '/w/', '8080', 'node1:8080/', '/root/a', '__proto__', 'constructor');
const value = fc.constantFrom(
  '3',
  '">=1"',
  'running',
  '/a+/',
  '"!x"',
  '[a, b]',
  '{ a: b }',
  '{ absent: true }',
  'true',
  '64MB',
  '5s',
);
const item = fc.constantFrom(...SUBJECT_KINDS).chain((kind) =>
  fc
    .tuple(
      name,
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(SUBJECTS[kind].conditions), 'absent', 'count'), value), {
        maxLength: 3,
      }),
    )
    .map(([subject, conditions]) =>
      [`- ${kind}: ${subject}`, ...[...new Map(conditions)].map(([key, text]) => `  ${key}: ${text}`)].join('\n'),
    ),
);
const facts = fc.array(
  fc.record(
    { name, image: name, state: fc.constantFrom('running', 'exited', 'created'), env: fc.dictionary(name, name) },
    { requiredKeys: ['name', 'image', 'state'] },
  ),
  { maxLength: 4 },
);

test('any check against any facts has a verdict and a sentence, and the same twice', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), facts, (items, containers) => {
      const text = `## A\n\n\`\`\`check\n${items.join('\n')}\n\`\`\`\n`;
      const { draft } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
      const known = factsSchema.parse({ nodes: { node1: { containers, ports: [] } }, swarm: null });
      for (const { checks } of draft?.steps ?? []) {
        const verdicts = evaluate(checks, known);
        expect(evaluate(checks, structuredClone(known))).toEqual(verdicts);
        for (const leaf of leavesOf(checks)) {
          expect([true, false, 'unknown']).toContain(verdicts.get(leaf.key)?.light);
          expect(sentenceOf(explain(leaf, known))).toMatch(/\S/);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a pattern that would hang a backtracking engine is tried in no time', () => {
  const text = `${'a'.repeat(50_000)}!`;
  for (const source of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    expect(patternProblem(source)).toBeUndefined();
    const started = performance.now();
    patternFinds(source, text);
    // Generous: the wrong engine would need longer than the world stands.
    expect(performance.now() - started).toBeLessThan(10_000);
  }
});
