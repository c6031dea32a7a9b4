/** Vitest's results in our own form: it is the only way to the reasons of skipped tests. Writes to $VITEST_OUTCOME. */
import { writeFileSync } from 'node:fs';
import { nothing } from './outcome.mjs';

export default class OutcomeReporter {
  /** @param {any} module a test file has ended: a sign of life */
  onTestModuleEnd(module) {
    console.log(`${module.ok() ? 'passed' : 'FAILED'} ${module.relativeModuleId ?? module.moduleId}`);
  }

  /**
   * @param {readonly any[]} modules
   * @param {readonly any[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const outcome = nothing();
    for (const module of modules) {
      const file = module.relativeModuleId ?? module.moduleId;
      // A file that does not load, or a hook of a suite that fails, belongs to no test.
      for (const error of module.errors()) outcome.failed.push({ name: file, detail: describe(error) });
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors())
          outcome.failed.push({ name: `${file} > ${suite.fullName}`, detail: describe(error) });
      }
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`;
        const result = test.result();
        if (result.state === 'passed') outcome.passed += 1;
        else if (result.state === 'skipped') outcome.skipped.push({ name, reason: result.note ?? '' });
        else if (result.state === 'failed')
          outcome.failed.push({ name, detail: result.errors.map(describe).join('\n') });
        else outcome.failed.push({ name, detail: 'It never ended.' });
      }
    }
    for (const error of unhandledErrors)
      outcome.failed.push({ name: 'an error outside any test', detail: describe(error) });
    const path = process.env.VITEST_OUTCOME;
    if (path !== undefined) writeFileSync(path, JSON.stringify(outcome));
  }
}

/** @param {any} error */
function describe(error) {
  const frame = (error.stacks ?? []).find((/** @type {any} */ { file }) => !file.includes('node_modules'));
  const place = frame === undefined ? '' : `\n  at ${frame.file}:${frame.line}`;
  return `${error.message ?? error}${error.diff === undefined ? '' : `\n${error.diff}`}${place}`;
}
