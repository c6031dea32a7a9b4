/** A `check` block's YAML to leaves and groups. */
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { MAX_GROUP_DEPTH } from '../limits.ts';
import type { Located, LocatedMap } from '../yaml/located.ts';
import type { Group, Leaf } from './plan.ts';
import { type LeafContext, readLeaf } from './read-leaf.ts';
import { GROUP_KEYS, SUBJECT_KINDS } from './subjects.ts';

export type ReadChecks = { all: (Group | Leaf)[]; fail: (Group | Leaf)[] };

/** Reads the items of one block. `fail` items come apart: they do not pass a step but say that it is lost. */
export function readChecks(value: Located, context: LeafContext): ReadChecks {
  const result: ReadChecks = { all: [], fail: [] };
  if (value.type !== 'list') {
    const isEmpty = value.type === 'scalar' && value.value === null;
    context.findings.add(
      isEmpty ? 'CHECK_EMPTY' : 'CHECK_SHAPE',
      value.place,
      isEmpty ? 'This check asks nothing.' : 'A check is a list: each line begins with "- ", such as "- service: web".',
    );
    return result;
  }
  for (const item of value.items) {
    const fail = item.type === 'map' ? item.entries.find(({ key }) => key === 'fail') : undefined;
    if (fail === undefined) result.all.push(...entry(item, context, 0));
    else if (item.type === 'map' && onlyOne(item, 'fail', context.findings)) {
      result.fail.push(
        ...(fail.value.type === 'list' ? fail.value.items : [fail.value]).flatMap((one) => entry(one, context, 1)),
      );
    }
  }
  if (value.items.length === 0) context.findings.add('CHECK_EMPTY', value.place, 'This check asks nothing.');
  return result;
}

function entry(item: Located, context: LeafContext, depth: number): (Group | Leaf)[] {
  const { findings } = context;
  if (item.type !== 'map') {
    findings.add(
      'CHECK_SHAPE',
      item.place,
      'A line of a check is a map: "- service: web", with its conditions below it.',
    );
    return [];
  }
  if (depth > MAX_GROUP_DEPTH) {
    findings.add('GROUP_TOO_DEEP', item.place, `Groups are nested at most ${MAX_GROUP_DEPTH} deep.`);
    return [];
  }
  const group = item.entries.find(({ key }) => key === 'any' || key === 'all' || key === 'not');
  if (group !== undefined) {
    if (!onlyOne(item, group.key, findings)) return [];
    const op = group.key === 'any' || group.key === 'not' ? group.key : 'all';
    const inner = group.value.type === 'list' ? group.value.items : [group.value];
    const of = inner.flatMap((one) => entry(one, context, depth + 1));
    if (inner.length === 0) findings.add('CHECK_EMPTY', group.place, `"${group.key}" holds nothing.`);
    if (of.length === 0) return [];
    return [{ op, of }];
  }
  const misplaced = item.entries.find(({ key }) => key === 'fail');
  if (misplaced !== undefined) {
    findings.add('CHECK_SHAPE', misplaced.place, '"fail" stands at the left margin of a check, not within a group.');
    return [];
  }
  const kind = subjectOf(item, findings);
  const leaf = kind === undefined ? undefined : readLeaf(item, kind, context);
  return leaf === undefined ? [] : [leaf];
}

function onlyOne(item: LocatedMap, name: string, findings: Findings): boolean {
  const other = item.entries.find(({ key }) => key !== name);
  if (other !== undefined) findings.add('CHECK_SHAPE', other.place, `Beside "${name}" stands nothing else.`);
  return other === undefined;
}

function subjectOf(item: LocatedMap, findings: Findings) {
  const keys = item.entries.map(({ key }) => key);
  const kinds = SUBJECT_KINDS.filter((kind) => keys.includes(kind));
  // `env`, `image`, `network`, `secret`, `config`, `node`… are conditions of others too: the first key of the line is its subject.
  const first = kinds.find((kind) => kind === keys[0]);
  if (first !== undefined) return first;
  const [only, ...more] = kinds;
  if (only !== undefined && more.length === 0) return only;
  const place: Place = item.entries[0]?.place ?? item.place;
  if (more.length > 0) {
    findings.add(
      'SUBJECT_TWICE',
      place,
      `This line is about several things (${kinds.join(', ')}): the one it is about comes first.`,
    );
    return undefined;
  }
  const known = [...SUBJECT_KINDS, ...GROUP_KEYS];
  const near = didYouMean(keys[0] ?? '', known);
  findings.add(
    'SUBJECT_UNKNOWN',
    place,
    `"${keys[0] ?? ''}" is nothing that can be checked.${near === '' ? ` Subjects: ${SUBJECT_KINDS.join(', ')}.` : near}`,
  );
  return undefined;
}
