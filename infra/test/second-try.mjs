/**
 * A second try of test files that failed, alone, when the machine does nothing else. What passes then is counted as passed and told as
 * unsteady, with its first failure: docs/decisions/0011-second-try.md has the reasons.
 */

/** @typedef {import('./outcome.mjs').Outcome} Outcome */

/** With more files than this it is the change that is bad, not the moment. */
export const MOST_FILES = 6;

/**
 * The files of what failed.
 * @param {Outcome} outcome
 * @returns {string[]} empty if nothing failed, if too much did, or if something did that belongs to no file (a crash, a set-up)
 */
export function filesToTry({ failed }) {
  const files = [...new Set(failed.map(fileOf))];
  const known = files.every((file) => /[.-](?:test|spec)\.\w+$/.test(file));
  return known && files.length <= MOST_FILES ? files : [];
}

/**
 * @param {Outcome} first
 * @param {Outcome} second of the files that failed in the first, all of their tests
 * @returns {{outcome: Outcome, unsteady: Outcome['failed']}} a test is unsteady if its file passed whole in the second
 */
export function afterSecondTry(first, second) {
  // A runner that crashed or ran nothing proves nothing.
  const proves = second.passed > 0 && second.failed.every((failure) => first.failed.some(sameFile(failure)));
  if (!proves) return { outcome: first, unsteady: [] };
  const unsteady = first.failed.filter((failure) => !second.failed.some(sameFile(failure)));
  const failed = [
    ...first.failed.filter((failure) => !unsteady.includes(failure)),
    ...second.failed.map(({ name, detail }) => ({ name: `${name} (second try)`, detail })),
  ];
  return { outcome: { passed: first.passed + unsteady.length, failed, skipped: first.skipped }, unsteady };
}

/** @param {{name: string}} failure */
function fileOf({ name }) {
  return name.split(' > ')[0] ?? name;
}

/** @param {{name: string}} failure */
function sameFile(failure) {
  return (/** @type {{name: string}} */ other) => fileOf(other) === fileOf(failure);
}
