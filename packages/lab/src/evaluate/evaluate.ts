/** The plan against the facts: a verdict a leaf, three-valued. Pure, and cheap: nothing is worded here. */
import { type Match, matches } from '../checks/match.ts';
import { type Group, isGroup, type Leaf, leavesOf, type NameMatch } from '../checks/plan.ts';
import type { Facts } from '../facts/facts.ts';
import { patternFinds } from '../patterns/pattern.ts';
import type { Item } from './item.ts';
import { itemsOf } from './items.ts';

/** `unknown`: looking. It never changes a pass. */
export type Light = boolean | 'unknown';
export type Why = { id: string; args: Record<string, string | number> };
export type Verdict = { light: Light; have?: unknown; why?: Why; nearest?: string };

/** The verdicts of all leaves of a group, by key. */
export function evaluate(plan: Group, facts: Facts): Map<string, Verdict> {
  return new Map(leavesOf(plan).map((leaf) => [leaf.key, evaluateLeaf(leaf, facts)]));
}

export function evaluateLeaf(leaf: Leaf, facts: Facts): Verdict {
  const { items, unknown } = itemsOf(leaf, facts);
  if (leaf.subject.kind === 'ask') return askVerdict(leaf, items[0]);
  const { absent, count, ...conditions } = leaf.want;
  const wanted = Object.entries(conditions);
  const named = items.filter((item) => nameFits(leaf, item));
  const fitting = named.filter(({ values }) => wanted.every(([key, match]) => conditionFits(key, match, values[key])));
  if (absent !== undefined)
    return { light: fitting.length > 0 ? false : unknown ? 'unknown' : true, have: fitting.length };
  if (count !== undefined) {
    const isMet = matches(count, fitting.length);
    return { light: unknown ? (isMet && isLeast(count) ? true : 'unknown') : isMet, have: fitting.length };
  }
  if (leaf.subject.kind === 'port' && isUnwanted(conditions.listening)) {
    return { light: named.length > 0 ? false : unknown ? 'unknown' : true };
  }
  if (fitting.length > 0) return { light: true };
  // A value that is not known yet, of something that is there, is no "no".
  const waits = named.some(({ values }) =>
    wanted.every(([key, match]) => values[key] === undefined || conditionFits(key, match, values[key])),
  );
  return { light: unknown || waits ? 'unknown' : false };
}

/** Conditions about a longer text: words are found in it. */
const WITHIN = new Set(['contains', 'body', 'logs', 'output', 'error', 'cmd', 'from']);

/** Whether a value is as a condition wants it. */
export function conditionFits(key: string, match: Match, have: unknown): boolean {
  if (WITHIN.has(key) && 'eq' in match && typeof have === 'string') return have.includes(String(match.eq));
  return matches(match, have);
}

/** More of what is not known cannot take it away. */
function isLeast(match: Match): boolean {
  return 'cmp' in match && (match.cmp === '>=' || match.cmp === '>');
}

function isUnwanted(match: Match | undefined): boolean {
  return match !== undefined && 'eq' in match && match.eq === false;
}

function askVerdict({ want, subject }: Leaf, item: Item | undefined): Verdict {
  if (item === undefined) return { light: false };
  const text = String(item.values.answer).trim();
  if (subject.kind === 'ask' && subject.equalsRun !== undefined) {
    const { wanted } = item.values;
    return wanted === undefined ? { light: 'unknown' } : { light: same(text, String(wanted)), have: text };
  }
  const { answer } = want;
  if (answer === undefined) return { light: text !== '', have: text };
  // A list holds what is taken as right, each.
  const any = 'has' in answer ? answer.has : [answer];
  return {
    light: any.some((match) => ('eq' in match ? same(text, String(match.eq)) : matches(match, text))),
    have: text,
  };
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** Whether an item bears the name that the leaf asks for. */
export function nameFits({ subject }: Leaf, item: Item): boolean {
  if (subject.kind === 'ran') {
    const { command } = subject;
    return 're' in command ? patternFinds(command.re, item.name) : squeezed(item.name).includes(squeezed(command.eq));
  }
  if (subject.kind === 'process')
    return (
      fits(subject.name, item.name.split(/[\s/]+/)) ||
      ('re' in subject.name && patternFinds(subject.name.re, item.name))
    );
  if (!('name' in subject) || subject.name === undefined || typeof subject.name === 'string') return true;
  return fits(subject.name, item.names ?? [item.name]);
}

function fits(wanted: NameMatch, names: readonly string[]): boolean {
  return names.some((name) => ('eq' in wanted ? name === wanted.eq : patternFinds(wanted.re, name)));
}

function squeezed(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** A group's light from its leaves': a doubt decides only where no leaf does. */
export function lightOf(entry: Group | Leaf, lightOfLeaf: (leaf: Leaf) => Light): Light {
  if (!isGroup(entry)) return lightOfLeaf(entry);
  const lights = entry.of.map((inner) => lightOf(inner, lightOfLeaf));
  switch (entry.op) {
    case 'all':
      return allOf(lights);
    case 'any':
      return lights.includes(true) ? true : lights.includes('unknown') ? 'unknown' : false;
    case 'not': {
      const inner = allOf(lights);
      return inner === 'unknown' ? inner : !inner;
    }
  }
}

function allOf(lights: readonly Light[]): Light {
  return lights.includes(false) ? false : lights.includes('unknown') ? 'unknown' : true;
}
