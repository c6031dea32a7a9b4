/** Why a container is not as wanted. */
import { showMatch } from '../checks/match.ts';
import type { Leaf } from '../checks/plan.ts';
import type { Item } from '../evaluate/item.ts';
import type { ContainerFact, Facts } from '../facts/facts.ts';
import { type Explanation, explained } from './explanation.ts';
import { exitMeaning } from './strings.ts';

/** A disk with less than this (bytes) cannot unpack an image. */
const FULL = 10 * 1024 * 1024;

export function containerWhy(
  leaf: Leaf,
  item: Item,
  condition: string | undefined,
  facts: Facts,
): Explanation | undefined {
  const node = facts.nodes[item.node ?? ''];
  const container = node?.containers?.find(({ name }) => name === item.name);
  if (container === undefined) return undefined;
  const { name } = container;
  if (condition === 'state' || condition === 'exit') {
    if ((node?.diskFree ?? FULL) < FULL && container.state !== 'running')
      return explained(leaf, 'disk.full', { node: item.node }, container.state);
    return stateWhy(leaf, container);
  }
  if (condition === 'health' && container.health === 'unhealthy')
    return explained(leaf, 'container.unhealthy', { name }, 'unhealthy');
  if (condition !== 'publishes') return undefined;
  const match = leaf.want.publishes;
  const have = (container.publishes ?? []).map(({ port, target }) => `${port}:${target}`);
  if (have.length === 0) return explained(leaf, 'port.not-published', { name });
  const want = match === undefined ? '' : showMatch(match);
  const isSwapped =
    container.publishes?.some(({ port, target }) => want === String(target) || want === `${target}:${port}`) === true;
  return explained(leaf, isSwapped ? 'port.swapped' : 'port.published-other', { name, have: have.join(', '), want });
}

function stateWhy(
  leaf: Leaf,
  { name, state, exit = 0, oomKilled, error, logs = '' }: ContainerFact,
): Explanation | undefined {
  const args = { name, exit, meaning: exitMeaning(exit) };
  if (oomKilled === true) return explained(leaf, 'container.oom', args, state);
  switch (state) {
    case 'exited':
    case 'dead': {
      const log = logs.trim().split('\n').slice(-3).join(' / ');
      return explained(leaf, log === '' ? 'container.exited' : 'container.exited.log', { ...args, log }, state);
    }
    case 'created':
      return error === undefined || error === ''
        ? explained(leaf, 'container.created', args, state)
        : explained(leaf, 'container.created.error', { ...args, error: error.replace(/\.$/, '') }, state);
    case 'restarting':
      return explained(leaf, 'container.restarting', args, state);
    case 'paused':
      return explained(leaf, 'container.paused', args, state);
    case 'running':
    case 'removing':
      return undefined;
  }
}
