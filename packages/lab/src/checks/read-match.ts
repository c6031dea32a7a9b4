/** A condition's value, as written, to a match. */

import type { Findings } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { isPattern, patternProblem, patternSource } from '../patterns/pattern.ts';
import type { Located, LocatedScalar } from '../yaml/located.ts';
import type { Match } from './match.ts';
import type { ConditionType } from './subjects.ts';
import { parseDuration, parseSize } from './units.ts';

/** The match, or undefined with a finding. */
export function readMatch(value: Located, type: ConditionType, name: string, findings: Findings): Match | undefined {
  if (isAbsent(value)) return { absent: true };
  switch (value.type) {
    case 'list': {
      const inner = type === 'list' ? 'text' : type;
      const all = value.items.map((item) => readMatch(item, inner, name, findings));
      return all.every((match) => match !== undefined) ? { has: all } : undefined;
    }
    case 'map': {
      if (type !== 'map' && type !== 'limits' && type !== 'list') {
        findings.add('CONDITION_VALUE', value.place, `"${name}" takes a value, not a map.`);
        return undefined;
      }
      return readMap(value, type === 'limits', name, findings);
    }
    case 'scalar': {
      if (type === 'list') {
        const match = readScalar(value, 'text', name, findings);
        return match === undefined ? undefined : { has: [match] };
      }
      if (type === 'map' || type === 'limits') {
        // A label alone: that it is there.
        if (type === 'map' && typeof value.value === 'string') return readLabel(value, findings);
        findings.add('CONDITION_VALUE', value.place, `"${name}" takes a map, such as { name: value }.`);
        return undefined;
      }
      return readScalar(value, type, name, findings);
    }
  }
}

function isAbsent(value: Located): boolean {
  const [only] = value.type === 'map' ? value.entries : [];
  return (
    value.type === 'map' &&
    value.entries.length === 1 &&
    only?.key === 'absent' &&
    only.value.type === 'scalar' &&
    only.value.value === true
  );
}

const LIMIT_TYPES: Record<string, ConditionType> = { memory: 'size', cpus: 'number' };

function readMap(
  value: Located & { type: 'map' },
  limits: boolean,
  name: string,
  findings: Findings,
): Match | undefined {
  const sub: [string, Match][] = [];
  for (const { key, place, value: inner } of value.entries) {
    const type = limits ? LIMIT_TYPES[key] : inner.type === 'map' ? 'map' : 'text';
    if (type === undefined) {
      findings.add(
        'CONDITION_VALUE',
        place,
        `"${name}" has "memory" and "cpus".${didYouMean(key, Object.keys(LIMIT_TYPES))}`,
      );
      return undefined;
    }
    const match = readMatch(inner, type, `${name}.${key}`, findings);
    if (match === undefined) return undefined;
    sub.push([key, match]);
  }
  return { sub: Object.fromEntries(sub) };
}

/** `label: tier=web`, `label: tier`. */
function readLabel(value: LocatedScalar, findings: Findings): Match | undefined {
  const [, key = '', rest] = /^([^=]*)(?:=(.*))?$/s.exec(String(value.value)) ?? [];
  if (rest === undefined) return { sub: { [key]: { not: { absent: true } } } };
  const match = readScalar({ ...value, value: rest }, 'text', key, findings);
  return match === undefined ? undefined : { sub: { [key]: match } };
}

function readScalar(scalar: LocatedScalar, type: ConditionType, name: string, findings: Findings): Match | undefined {
  const { value, place } = scalar;
  const refuse = (message: string): undefined => findings.add('CONDITION_VALUE', place, message) as undefined;
  if (value === null) return refuse(`"${name}" has no value.`);
  if (type === 'boolean') return typeof value === 'boolean' ? { eq: value } : refuse(`"${name}" is true or false.`);
  if (type === 'absent') return value === true ? { absent: true } : refuse('"absent" is true, or is left out.');
  if (typeof value === 'string') {
    if (isPattern(value)) {
      const source = patternSource(value);
      const problem = patternProblem(source);
      if (problem === undefined) return { re: source };
      findings.add('PATTERN_WRONG', place, problem);
      return undefined;
    }
    const comparison = /^(>=|<=|>|<|!=?)\s*(.+)$/s.exec(value);
    if (comparison !== null) return readComparison(comparison[1] ?? '', comparison[2] ?? '', type, refuse, name);
  }
  if (typeof type === 'object') {
    if (type.includes(String(value))) return { eq: String(value) };
    return refuse(`"${name}" is one of ${type.join(', ')}.${didYouMean(String(value), type)}`);
  }
  const number = numberOf(value, type);
  if (type === 'number' || type === 'size' || type === 'duration') {
    return number === undefined ? refuse(`"${name}" is ${wordsOf(type)}.`) : { eq: number };
  }
  return { eq: value };
}

function readComparison(
  operator: string,
  rest: string,
  type: ConditionType,
  refuse: (message: string) => undefined,
  name: string,
): Match | undefined {
  const number = numberOf(rest, type);
  if (operator.startsWith('!')) {
    if (number !== undefined) return { cmp: '!=', n: number };
    if (typeof type === 'object' && !type.includes(rest)) {
      return refuse(`"${name}" is one of ${type.join(', ')}.${didYouMean(rest, type)}`);
    }
    return { not: { eq: rest } };
  }
  if (number === undefined || typeof type === 'object')
    return refuse(`After "${operator}" "${name}" wants ${wordsOf(type)}.`);
  return { cmp: operator === '>=' || operator === '<=' || operator === '>' ? operator : '<', n: number };
}

function numberOf(value: string | number | boolean, type: ConditionType): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (type === 'size') return parseSize(value);
  if (type === 'duration') return parseDuration(value);
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
}

function wordsOf(type: ConditionType): string {
  if (type === 'size') return 'a size, such as 50MB or "<1GB"';
  if (type === 'duration') return 'a time, such as 5s';
  return 'a number, such as 3 or ">=3"';
}
