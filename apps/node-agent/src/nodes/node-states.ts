/** A node's states only move forward; this is the one place that says which step follows which. */
import type { NodeState } from '@drydock/protocol';

const NEXT: Record<NodeState, readonly NodeState[]> = {
  creating: ['running', 'failed', 'destroying'],
  running: ['destroying', 'lost'],
  // `failed` and `lost` still hold resources until they are destroyed.
  failed: ['destroying'],
  lost: ['destroying'],
  destroying: ['gone'],
  gone: [],
};

/** Whether a node in state `from` may become `to`. */
export function canBecome(from: NodeState, to: NodeState): boolean {
  return NEXT[from].includes(to);
}
