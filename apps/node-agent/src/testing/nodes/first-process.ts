/** For tests that harm a node from outside: its first process, which no part of the agent but its runtime knows. */
import type { NodeHandle } from '../../runtime/runtime.ts';

/** Of a node of the runc or the fake runtime; 0 for none. */
export function firstProcess(node: Pick<NodeHandle, 'id'> | undefined): number {
  return Number(node?.id.split('-')[0] ?? 0);
}
