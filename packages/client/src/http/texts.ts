/** The sentences of failures that no server worded: a page gives its own, in its visitor's language. */
export interface ClientTexts {
  /** No answer came at all. */
  unreachable: string;
  /** A call was made while there is no connection. */
  noConnection: string;
  /** The connection broke, or the answer did not come in time. */
  noAnswer: string;
  /** An answer came, in a form that is not known here. */
  unreadable: string;
  /** A failed answer (its HTTP status) that says nothing of why. */
  withoutReason(status: number): string;
}

/** For programs and tests. */
export const ENGLISH: ClientTexts = {
  unreachable: 'The server could not be reached.',
  noConnection: 'There is no connection at the moment.',
  noAnswer: 'The server did not answer.',
  unreadable: 'The server’s answer has a form that is not known here.',
  withoutReason: (status) => `The server answered ${status} without a reason.`,
};
