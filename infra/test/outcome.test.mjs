import { describe, expect, it } from 'vitest';
import { nothing, parseNative, parsePlaywright, single, sum, withoutSilentSkips } from './outcome.mjs';
import { complete } from './stages.mjs';

describe('an outcome', () => {
  it('adds up', () => {
    const parts = [
      single('a', true, ''),
      single('b', false, 'why'),
      { ...nothing(), skipped: [{ name: 'c', reason: 'r' }] },
    ];
    expect(sum(parts)).toEqual({
      passed: 1,
      failed: [{ name: 'b', detail: 'why' }],
      skipped: [{ name: 'c', reason: 'r' }],
    });
  });

  it('counts a skip without a reason as a failure', () => {
    const skipped = [
      { name: 'a', reason: '' },
      { name: 'b', reason: 'no IPVS' },
    ];
    expect(withoutSilentSkips({ ...nothing(), skipped })).toEqual({
      passed: 0,
      failed: [{ name: 'a', detail: 'It was skipped without a reason.' }],
      skipped: [{ name: 'b', reason: 'no IPVS' }],
    });
  });

  it('of native tests is read with reasons and failures', () => {
    const output =
      'cc x.c\nok      enter/a.sh\nskipped mesh/b.sh: the kernel has no IPVS\nFAILED  c.sh\n        line 1\n        line 2\nFAILED  d.sh: skipped although it must work: no IPVS\n1 passed, 2 failed, 1 skipped\n';
    expect(parseNative(output)).toEqual({
      passed: 1,
      failed: [
        { name: 'c.sh', detail: 'line 1\nline 2' },
        { name: 'd.sh', detail: 'skipped although it must work: no IPVS' },
      ],
      skipped: [{ name: 'mesh/b.sh', reason: 'the kernel has no IPVS' }],
    });
  });

  it('of Playwright is read with reasons, failures and errors of the set-up', () => {
    const result = (errors) => [{ errors }];
    const report = {
      suites: [
        {
          title: 'main.spec.ts',
          specs: [{ title: 'opens', tests: [{ status: 'expected', results: result([]) }] }],
          suites: [
            {
              title: 'lab',
              specs: [
                {
                  title: 'types',
                  tests: [{ status: 'unexpected', results: result([{ message: '\x1b[31mno\x1b[0m prompt' }]) }],
                },
                {
                  title: 'vlan',
                  tests: [
                    { status: 'skipped', annotations: [{ type: 'skip', description: 'no 802.1Q' }], results: [] },
                  ],
                },
              ],
            },
          ],
        },
      ],
      errors: [{ message: 'the stack did not start' }],
    };
    expect(parsePlaywright(report)).toEqual({
      passed: 1,
      failed: [
        { name: 'main.spec.ts > lab > types', detail: 'no prompt' },
        { name: 'set-up', detail: 'the stack did not start' },
      ],
      skipped: [{ name: 'main.spec.ts > lab > vlan', reason: 'no 802.1Q' }],
    });
  });
});

describe('a test runner', () => {
  const ended = { code: 0, stdout: '', output: 'its last words', timedOut: false };
  const good = { ...nothing(), passed: 3 };

  it.each([
    ['crashed', { ...ended, code: 1 }, good, 'It ended with code 1 after 3 tests.'],
    ['hung', { ...ended, code: 143, timedOut: true }, good, 'It took too long and was ended.'],
    ['ran nothing', ended, nothing(), 'It ended with code 0 after 0 tests.'],
    ['left no report', ended, undefined, 'It ended with code 0 after 0 tests.'],
  ])('that %s is a failure of its own, with its last words', (_, result, outcome, sentence) => {
    const { failed } = complete('unit tests', result, outcome);
    expect(failed).toEqual([{ name: 'unit tests', detail: `${sentence}\nits last words` }]);
  });

  it('that says what failed is not counted twice', () => {
    const outcome = single('a', false, 'why');
    expect(complete('unit tests', { ...ended, code: 1 }, outcome)).toEqual(outcome);
    expect(complete('unit tests', ended, good)).toEqual(good);
  });
});
