/** The one error class of infra: what is wrong in one sentence, and what to do about it. */

/** A mistake of the machine or the operator, shown without a stack trace. */
export class Problem extends Error {
  /**
   * @param {string} code stable name for scripts and tests, e.g. `PORT_TAKEN`
   * @param {string} sentence what is wrong
   * @param {string} remedy what to do about it
   */
  constructor(code, sentence, remedy) {
    super(sentence);
    this.name = 'Problem';
    this.code = code;
    this.remedy = remedy;
  }
}

/**
 * How a failure is shown on the terminal: a Problem in two lines, anything else with its stack, for it is our mistake.
 * @param {unknown} thrown
 * @returns {string}
 */
export function describeFailure(thrown) {
  if (thrown instanceof Problem) return `${thrown.code}: ${thrown.message}\n  Remedy: ${thrown.remedy}`;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
