/** Why a leaf is not true: what there is, what is wanted, and the thing that was probably meant. Pure. */
import type { Match } from '../checks/match.ts';
import { showMatch } from '../checks/match.ts';
import type { Leaf } from '../checks/plan.ts';
import { conditionFits, evaluateLeaf, nameFits } from '../evaluate/evaluate.ts';
import type { Item } from '../evaluate/item.ts';
import { itemsOf } from '../evaluate/items.ts';
import type { Facts } from '../facts/facts.ts';
import { nearestName } from '../findings/nearest.ts';
import { containerWhy } from './containers.ts';
import { type Explanation, explained, showValue } from './explanation.ts';
import { fileWhy, portWhy, probeWhy } from './probes.ts';
import { missingService, nearestImage, serviceWhy } from './services.ts';

/** Explains a leaf as it stands. */
export function explain(leaf: Leaf, facts: Facts): Explanation {
  const { light } = evaluateLeaf(leaf, facts);
  if (light === true) return explained(leaf, 'passes');
  if (light === 'unknown') return explained(leaf, 'looking');
  switch (leaf.subject.kind) {
    case 'swarm':
      return swarmWhy(leaf, facts);
    case 'port':
    case 'http':
      return portWhy(leaf, leaf.subject, facts);
    case 'file':
      return fileWhy(leaf, leaf.subject.path, facts);
    case 'process':
    case 'env':
    case 'ran':
    case 'run':
    case 'ask':
      return probeWhy(leaf, facts);
    default:
      return objectWhy(leaf, facts);
  }
}

function swarmWhy(leaf: Leaf, facts: Facts): Explanation {
  if (leaf.want.absent !== undefined) return explained(leaf, 'swarm.there');
  const [swarm] = itemsOf(leaf, facts).items;
  if (swarm === undefined) return explained(leaf, 'swarm.none');
  if (swarm.values.leader === undefined) return explained(leaf, 'swarm.leader');
  return valueWhy(leaf, { ...swarm, name: 'the swarm' });
}

function objectWhy(leaf: Leaf, facts: Facts): Explanation {
  const { kind } = leaf.subject;
  const { items } = itemsOf(leaf, facts);
  const named = items.filter((item) => nameFits(leaf, item));
  const name = wantedName(leaf);
  const [first] = named;
  if (leaf.want.absent !== undefined) return explained(leaf, 'still-there', { kind, name: first?.name ?? name });
  if (leaf.want.count !== undefined) {
    const { have } = evaluateLeaf(leaf, facts);
    return explained(leaf, 'count', { have: Number(have), want: showMatch(leaf.want.count) });
  }
  if (first === undefined) return missing(leaf, name, items, facts);
  const ofOthers = kind === 'task' ? noTask(leaf, named, facts) : undefined;
  if (ofOthers !== undefined) return ofOthers;
  const { of } = leaf.want;
  const meant = of === undefined ? named : named.filter(({ values }) => conditionFits('of', of, values.of));
  // The one that is nearest to what is wanted is the one to speak of.
  const best = meant.toSorted((a, b) => misfits(leaf, a).length - misfits(leaf, b).length)[0] ?? first;
  const [wrong] = misfits(leaf, best);
  return (
    (kind === 'service' ? serviceWhy(leaf, best, wrong?.[0], facts) : undefined) ??
    (kind === 'container' ? containerWhy(leaf, best, wrong?.[0], facts) : undefined) ??
    (kind === 'node' && wrong !== undefined && best.values[wrong[0]] === null
      ? explained(leaf, 'node.missing', { name })
      : undefined) ??
    (kind === 'stack' && wrong?.[0] === 'running' ? explained(leaf, 'stack.part', { name }) : undefined) ??
    valueWhy(leaf, best)
  );
}

function missing(leaf: Leaf, name: string, items: readonly Item[], facts: Facts): Explanation {
  const { kind } = leaf.subject;
  const elsewhere = missingService(leaf, name, facts);
  if (elsewhere !== undefined) return elsewhere;
  if (leaf.at !== undefined) {
    const other = itemsOf(withoutNode(leaf), facts).items.find((item) => nameFits(leaf, item));
    if (other?.node !== undefined)
      return explained(leaf, 'wrong-node', { kind, name, node: other.node, wanted: leaf.at });
  }
  if (name === '') return explained(leaf, items.length === 0 ? 'not-there.none' : 'not-there.unnamed', { kind });
  if (kind === 'node') return explained(leaf, 'node.missing', { name });
  const names = items.flatMap((item) => item.names ?? [item.name]);
  const near = kind === 'image' ? nearestImage(name, facts) : nearestName(name, names);
  if (near !== undefined) return explained(leaf, 'not-there.near', { kind, name, nearest: near });
  const { image } = leaf.want;
  const alike =
    image === undefined ? undefined : items.find(({ values }) => conditionFits('image', image, values.image));
  if (alike !== undefined) return explained(leaf, 'not-there.image', { kind, name, nearest: alike.name });
  return explained(leaf, 'not-there', { kind, name });
}

/** Undefined where there is a task of the wanted service; tasks of others are nothing to speak of. */
function noTask(leaf: Leaf, tasks: readonly Item[], facts: Facts): Explanation | undefined {
  const { of } = leaf.want;
  const isOf = ({ values }: Item) => of !== undefined && conditionFits('of', of, values.of);
  if (of === undefined || tasks.some(isOf)) return undefined;
  const name = showMatch(of);
  const elsewhere = itemsOf(withoutNode(leaf), facts).items.find(
    (item) => isOf(item) && misfits(leaf, item).length === 0,
  );
  return elsewhere?.node !== undefined && leaf.at !== undefined
    ? explained(leaf, 'task.elsewhere', { name, node: elsewhere.node, wanted: leaf.at })
    : explained(leaf, 'task.none', { name });
}

function withoutNode(leaf: Leaf): Leaf {
  const { at: _, ...rest } = leaf;
  return rest;
}

function wantedName({ subject }: Leaf): string {
  if (!('name' in subject) || subject.name === undefined) return '';
  if (typeof subject.name === 'string') return subject.name;
  return 'eq' in subject.name ? subject.name.eq : `/${subject.name.re}/`;
}

function misfits(leaf: Leaf, { values }: Item): [string, Match][] {
  return Object.entries(leaf.want).filter(([key, match]) => !conditionFits(key, match, values[key]));
}

/** The first condition that does not fit, in plain words; a near miss is told as such. */
function valueWhy(leaf: Leaf, item: Item): Explanation {
  const [wrong] = misfits(leaf, item);
  if (wrong === undefined) return explained(leaf, 'not-there.unnamed', { kind: leaf.subject.kind });
  const [condition, match] = wrong;
  const value = item.values[condition];
  const want = showMatch(match);
  // An image has several names; the first is as it was written.
  const have = showValue(condition === 'image' && Array.isArray(value) ? value[0] : value);
  if (have === 'nothing' || have === '{}')
    return explained(leaf, 'value.missing', { condition, name: item.name, want });
  const part = partWhy(leaf, item, { condition, match, value });
  if (part !== undefined) return part;
  const words = Array.isArray(value)
    ? value.map(String)
    : typeof value === 'object' && value !== null
      ? Object.keys(value)
      : [String(value)];
  const asked = 'sub' in match ? (Object.keys(match.sub)[0] ?? want) : want;
  const near = /^[\w./:-]+$/.test(asked) && Number.isNaN(Number(asked)) ? nearestName(asked, words) : undefined;
  if (near !== undefined)
    return explained(leaf, 'value.near', { condition, name: item.name, have, want, nearest: near }, value);
  return explained(leaf, 'value', { condition, name: item.name, have, want }, value);
}

/** Of many named values (labels, variables) only the one that is not as wanted; undefined where its name is nearly there. */
function partWhy(
  leaf: Leaf,
  { name }: Item,
  { condition, match, value }: { condition: string; match: Match; value: unknown },
): Explanation | undefined {
  if (!('sub' in match) || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const there = new Map(Object.entries(value));
  const [key, wanted] = Object.entries(match.sub).find(([one, sub]) => !conditionFits(one, sub, there.get(one))) ?? [];
  if (key === undefined || wanted === undefined) return undefined;
  // "limits" and "services" hold a limit and a service each.
  const args = { condition: condition.replace(/s$/, ''), key, name, want: showMatch(wanted) };
  if (there.has(key)) return explained(leaf, 'value.part', { ...args, have: showValue(there.get(key)) }, value);
  return nearestName(key, [...there.keys()]) === undefined
    ? explained(leaf, 'value.part.missing', args, value)
    : undefined;
}
