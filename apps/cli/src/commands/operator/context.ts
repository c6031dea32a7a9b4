/** What the operator's commands are made with. */
import type { OperatorClient } from '../../operator-client.ts';
import type { Output } from '../../output.ts';

export interface OperatorContext {
  /** The manager, found when the first command asks. */
  client(): OperatorClient;
  output: Output;
}
