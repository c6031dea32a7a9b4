import { describe, expect, it } from 'vitest';
import { nothing } from './outcome.mjs';
import { afterSecondTry, filesToTry, MOST_FILES } from './second-try.mjs';

const failure = (name, detail = 'first') => ({ name, detail });
const first = {
  passed: 10,
  failed: [failure('a.spec.ts > lab > opens'), failure('b.test.mjs'), failure('mesh/c-test.sh')],
  skipped: [{ name: 'd', reason: 'no IPVS' }],
};

describe('a second try', () => {
  it('is made of the files that failed, each once', () => {
    expect(filesToTry(first)).toEqual(['a.spec.ts', 'b.test.mjs', 'mesh/c-test.sh']);
    expect(filesToTry({ ...nothing(), failed: [failure('a.test.ts > x'), failure('a.test.ts > y')] })).toEqual([
      'a.test.ts',
    ]);
  });

  it.each([
    ['nothing failed', []],
    ['the set-up failed', [failure('a.spec.ts > x'), failure('set-up')]],
    ['the runner crashed', [failure('a.test.ts > x'), failure('unit tests')]],
    ['an error belongs to no test', [failure('an error outside any test')]],
    ['so much failed', Array.from({ length: MOST_FILES + 1 }, (_, index) => failure(`${index}.test.ts > x`))],
  ])('is not made when %s', (_, failed) => {
    expect(filesToTry({ ...nothing(), failed })).toEqual([]);
  });

  it('that passes counts, and its first failure is still told', () => {
    const { outcome, unsteady } = afterSecondTry(first, { ...nothing(), passed: 4 });
    expect(outcome).toEqual({ passed: 13, failed: [], skipped: first.skipped });
    expect(unsteady).toEqual(first.failed);
  });

  it('that fails in any test of a file leaves that file’s failures, old and new', () => {
    const second = { ...nothing(), passed: 2, failed: [failure('a.spec.ts > lab > closes', 'second')] };
    const { outcome, unsteady } = afterSecondTry(first, second);
    expect(outcome.failed).toEqual([
      failure('a.spec.ts > lab > opens'),
      failure('a.spec.ts > lab > closes (second try)', 'second'),
    ]);
    expect(outcome.passed).toBe(12);
    expect(unsteady.map(({ name }) => name)).toEqual(['b.test.mjs', 'mesh/c-test.sh']);
  });

  it.each([
    ['crashes', { ...nothing(), passed: 3, failed: [failure('integration tests')] }],
    ['runs nothing', nothing()],
  ])('that %s proves nothing', (_, second) => {
    expect(afterSecondTry(first, second)).toEqual({ outcome: first, unsteady: [] });
  });
});
