/** Failures of calls that no server worded. */
import type { ClientTexts } from '@drydock/client/http';

export const calls: ClientTexts = {
  unreachable: 'The server could not be reached. Check the connection and try again.',
  noConnection: 'There is no connection at the moment.',
  noAnswer: 'The server did not answer. Your processes keep running; try again.',
  unreadable: 'The server’s answer has a form this page does not know. Reload the page.',
  withoutReason: (status) => `The server answered ${status} without a reason.`,
};
