/** How a template's steps run commands. */
import type { AgentAnswer } from '@drydock/protocol';

/** Runs a command on a node. @throws DrydockError NODE_CREATE_FAILED with its output when it fails. */
export type RunOnNode = (
  node: string,
  command: readonly string[],
  timeoutSeconds: number,
  stdin?: string,
) => Promise<AgentAnswer<'node.exec'>>;
