// The wrong paths of learners, by their facts: each says what there is, what is wanted, and what was probably meant.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { leafOf } from '../testing/steps.ts';
import { CONTAINERS } from '../testing/wrong-paths/containers.ts';
import { container, factsOf, RUNNING, swarm } from '../testing/wrong-paths/facts.ts';
import { NODE } from '../testing/wrong-paths/node.ts';
import { SWARM } from '../testing/wrong-paths/swarm.ts';
import { explain } from './explain.ts';
import { sentenceOf } from './explanation.ts';
import { SENTENCES } from './strings.ts';

const paths = [...SWARM, ...CONTAINERS, ...NODE];

describe('the wrong paths', () => {
  for (const [name, yaml, facts, sentence] of paths) {
    test(name, () => {
      const leaf = leafOf(yaml);
      expect(evaluate({ op: 'all', of: [leaf] }, facts).get(leaf.key)?.light).toBe(false);
      expect(sentenceOf(explain(leaf, facts))).toBe(sentence);
    });
  }

  test('a script says its last line, and how it ended', () => {
    const leaf = leafOf('- run: test -f /x');
    const facts = factsOf({ runs: { [leaf.key]: { exit: 2, output: 'a\n', stderr: 'one\nno such file\n' } } });
    expect(sentenceOf(explain(leaf, facts))).toBe('The check ended with 2: no such file');
  });

  test("the author's own words come first, with what there is and what is wanted", () => {
    const leaf = leafOf(`${RUNNING}\n  say: "You have {have}, we want {want}. {other}"`);
    expect(sentenceOf(explain(leaf, factsOf({}, swarm())), leaf.say)).toBe('You have 1, we want running 3. {other}');
  });
});

test('names of a hostile learner are text: bounded, their hidden letters shown, never a place for another argument', () => {
  const leaf = leafOf('- container: web\n  state: running');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      const facts = factsOf({ containers: [container({ state: 'exited', exit: 1, logs: text })] });
      const sentence = sentenceOf(explain(leaf, facts));
      expect(sentence.length).toBeLessThan(400);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come through
      expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/);
    }),
    { numRuns: 300 },
  );
});

test('sentences are whole, and every one of them is of the file', () => {
  for (const sentence of Object.values(SENTENCES)) expect(sentence).toMatch(/^[A-Z"{/].*[.…!?}]$/s);
  expect(paths.length).toBeGreaterThanOrEqual(60);
});
