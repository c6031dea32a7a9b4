/** What a stage of the tests came to, in one form for all test runners. */

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {{name: string, detail: string}[]} failed
 * @property {{name: string, reason: string}[]} skipped
 */

/** @returns {Outcome} */
export function nothing() {
  return { passed: 0, failed: [], skipped: [] };
}

/**
 * One test that stands for a whole command.
 * @param {string} name
 * @param {boolean} passed
 * @param {string} detail shown when it failed
 * @returns {Outcome}
 */
export function single(name, passed, detail) {
  return passed ? { ...nothing(), passed: 1 } : { ...nothing(), failed: [{ name, detail }] };
}

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: outcomes.reduce((total, outcome) => total + outcome.passed, 0),
    failed: outcomes.flatMap((outcome) => outcome.failed),
    skipped: outcomes.flatMap((outcome) => outcome.skipped),
  };
}

/**
 * A skip that names no reason is a failure: nobody could tell it from a test that was switched off.
 * @param {Outcome} outcome
 * @returns {Outcome}
 */
export function withoutSilentSkips(outcome) {
  const silent = outcome.skipped.filter(({ reason }) => reason.trim() === '');
  return {
    passed: outcome.passed,
    failed: [...outcome.failed, ...silent.map(({ name }) => ({ name, detail: 'It was skipped without a reason.' }))],
    skipped: outcome.skipped.filter(({ reason }) => reason.trim() !== ''),
  };
}

/**
 * The outcome of `native/run-tests.sh`: lines `ok NAME`, `skipped NAME: REASON`, `FAILED NAME` with indented output after it.
 * @param {string} output
 * @returns {Outcome}
 */
export function parseNative(output) {
  const outcome = nothing();
  for (const line of output.split('\n')) {
    const [, verdict, rest = ''] = /^(ok|skipped|FAILED)\s+(.*)$/.exec(line) ?? [];
    if (verdict === 'ok') outcome.passed += 1;
    else if (verdict === 'skipped') {
      const [, name = rest, reason = ''] = /^(\S+): ?(.*)$/.exec(rest) ?? [];
      outcome.skipped.push({ name, reason });
    } else if (verdict === 'FAILED') {
      const [, name = rest, detail = ''] = /^(\S+): (.*)$/.exec(rest) ?? [];
      outcome.failed.push({ name, detail });
    } else if (/^ {8}/.test(line)) {
      const last = outcome.failed.at(-1);
      if (last !== undefined) last.detail += `${last.detail === '' ? '' : '\n'}${line.slice(8)}`;
    }
  }
  return outcome;
}

/**
 * The outcome of a Playwright JSON report.
 * @param {any} report
 * @returns {Outcome}
 */
export function parsePlaywright(report) {
  const outcome = nothing();
  /** @param {any} suite @param {string[]} titles */
  const visit = (suite, titles) => {
    for (const inner of suite.suites ?? []) visit(inner, [...titles, inner.title]);
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = [...titles, spec.title].filter(Boolean).join(' > ');
        if (test.status === 'skipped') outcome.skipped.push({ name, reason: skipReason(test) });
        else if (test.status === 'unexpected') outcome.failed.push({ name, detail: errorsOf(test) });
        else outcome.passed += 1;
      }
    }
  };
  for (const suite of report.suites ?? []) visit(suite, [suite.title]);
  // Errors outside any test: the set-up of the stack, a file that does not load.
  for (const error of report.errors ?? []) outcome.failed.push({ name: 'set-up', detail: plain(error.message ?? '') });
  return outcome;
}

/** @param {any} test */
function skipReason(test) {
  const annotation = test.annotations?.find((/** @type {any} */ { type }) => type === 'skip' || type === 'fixme');
  return annotation?.description ?? '';
}

/** @param {any} test */
function errorsOf(test) {
  const errors = test.results.flatMap((/** @type {any} */ result) => result.errors ?? []);
  return (
    errors.map((/** @type {any} */ error) => plain(error.message ?? '')).join('\n') || 'It failed without a message.'
  );
}

/** @param {string} text */
function plain(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are taken off
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}
