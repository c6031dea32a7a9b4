/** How a node is, in one word, from what the server tells of it. */
import type { NodeView } from '@drydock/protocol';

export type NodeHealth = Exclude<NodeView['state'], 'running'> | 'unreachable' | 'ready' | 'starting' | 'down';

/** A new node's engine may take this long (ms) on a busy host; one that is silent later has stopped or hangs. */
export const ENGINE_START_MS = 45_000;

/** `now` by the server's clock (ms); `wasReady` when this page saw its engine answer before. */
export function nodeHealth(
  node: Pick<NodeView, 'state' | 'reachable' | 'dockerReady' | 'createdAt'>,
  now: number,
  wasReady = false,
): NodeHealth {
  // Of a lost node no host is heard either; it does not come back.
  if (node.reachable === false && node.state !== 'lost') return 'unreachable';
  if (node.state !== 'running') return node.state;
  if (node.dockerReady) return 'ready';
  return !wasReady && now - node.createdAt < ENGINE_START_MS ? 'starting' : 'down';
}
