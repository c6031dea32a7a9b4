/** One line of a check to a leaf. */
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { canonicalJson, shortHash } from '../hash.ts';
import { DEFAULT_CHECK_TIMEOUT_MS, FLAPPING_FOR_MS, MAX_CHECK_TIMEOUT_MS, MAX_FOR_MS } from '../limits.ts';
import { isPattern, patternProblem, patternSource } from '../patterns/pattern.ts';
import { isNodePath } from '../source/lab-files.ts';
import type { Located, LocatedEntry, LocatedMap } from '../yaml/located.ts';
import type { Match } from './match.ts';
import type { Leaf, NameMatch, Subject, SubjectKind } from './plan.ts';
import { readMatch } from './read-match.ts';
import { COUNTED, keysOf, SUBJECTS } from './subjects.ts';
import { parseDuration } from './units.ts';

export type LeafContext = {
  findings: Findings;
  /** Names of the lab's nodes; null where a template makes them. */
  nodes: ReadonlySet<string> | null;
  firstNode: string;
};

/** Reads a leaf of that subject; undefined, with findings, where it cannot be one. */
export function readLeaf(item: LocatedMap, kind: SubjectKind, context: LeafContext): Leaf | undefined {
  const { findings } = context;
  const entry = item.entries.find(({ key }) => key === kind);
  if (entry === undefined) return undefined;
  const want: Record<string, Match> = {};
  const others = item.entries.filter((other) => other !== entry);
  const rest = [...others];
  let value = entry.value;
  // `container: { image: nginx }`, `swarm: { managers: 1 }`: conditions in the subject's own map.
  if (value.type === 'map' && (SUBJECTS[kind].takes === 'name' || SUBJECTS[kind].takes === 'conditions')) {
    rest.push(...value.entries);
    value = { type: 'scalar', value: null, place: value.place };
  }
  const parameters = new Map<string, LocatedEntry>();
  const texts: { say?: string; title?: string } = {};
  let at: string | undefined;
  let forMs: number | undefined;
  let good = true;
  for (const condition of rest) {
    const { key, value: given, place } = condition;
    const type = SUBJECTS[kind].conditions[key];
    if (key === 'say' || key === 'title') texts[key] = textOf(given, key, findings);
    else if (key === 'for') forMs = durationOf(given, key, MAX_FOR_MS, findings);
    else if (key === 'absent') want.absent = readMatch(given, 'absent', key, findings) ?? { absent: true };
    else if (key === 'count' && COUNTED.has(kind))
      good = put(want, key, readMatch(given, 'number', key, findings)) && good;
    else if (type === undefined) {
      good = false;
      findings.add('CONDITION_UNKNOWN', place, `"${kind}" has no condition "${key}".${didYouMean(key, keysOf(kind))}`);
    } else if (type === 'node') at = nodeOf(given, context);
    else if (type === 'parameter') parameters.set(key, condition);
    else good = put(want, key, readMatch(given, type, key, findings)) && good;
  }
  const subject = readSubject(kind, value, parameters, context);
  if (subject === undefined || !good) return undefined;
  at = subject.at ?? at ?? (SUBJECTS[kind].onFirstNode === true ? context.firstNode : undefined);
  if (kind === 'run' && want.exit === undefined && want.output === undefined) want.exit = { eq: 0 };
  const flaps = 'count' in want || 'running' in want;
  const leaf = {
    subject: subject.subject,
    ...(at === undefined ? {} : { at }),
    want,
    forMs: forMs ?? (flaps ? FLAPPING_FOR_MS : 0),
  };
  return { key: shortHash(canonicalJson(leaf)), ...leaf, ...texts, source: item.entries[0]?.place ?? item.place };
}

function put(want: Record<string, Match>, key: string, match: Match | undefined): boolean {
  if (match === undefined) return false;
  want[key] = match;
  return true;
}

type Read = { subject: Subject; at?: string };

function readSubject(
  kind: SubjectKind,
  value: Located,
  parameters: ReadonlyMap<string, LocatedEntry>,
  context: LeafContext,
): Read | undefined {
  const { findings } = context;
  const refuse = (message: string): undefined => findings.add('CONDITION_VALUE', value.place, message) as undefined;
  if (value.type !== 'scalar') return refuse(`"${kind}" is followed by one value.`);
  const text = value.value === null ? '' : String(value.value);
  switch (kind) {
    case 'swarm':
      return { subject: { kind } };
    case 'container':
    case 'image':
    case 'volume':
    case 'network':
    case 'service':
    case 'task':
    case 'stack':
    case 'secret':
    case 'config':
    case 'compose':
    case 'node': {
      if (text === '') return { subject: { kind } };
      const name = nameOf(text, value.place, findings);
      return name === undefined ? undefined : { subject: { kind, name } };
    }
    case 'port': {
      const match = /^(?:([a-z][a-z0-9-]{0,31}):)?(\d{1,5})$/.exec(text);
      const port = Number(match?.[2]);
      if (match === null || port < 1 || port > 65_535)
        return refuse('A port is a number from 1 to 65535, or node2:8080.');
      return placed({ kind, port }, match[1], value.place, context);
    }
    case 'http':
      return readHttp(text, value.place, parameters, context, refuse);
    case 'file': {
      const match = /^(?:([a-z][a-z0-9-]{0,31}):)?(\/.*)$/s.exec(text);
      if (match === null || !isNodePath(match[2] ?? '')) return refuse('A file is an absolute path, or node2:/path.');
      return placed({ kind, path: match[2] ?? '' }, match[1], value.place, context);
    }
    case 'process': {
      const name = text === '' ? refuse('A process has a name or a /pattern/.') : nameOf(text, value.place, findings);
      return name === undefined ? undefined : { subject: { kind, name } };
    }
    case 'env':
      if (!/^[A-Za-z_]\w{0,127}$/.test(text))
        return refuse('A variable has a name of letters, digits and underscores.');
      return { subject: { kind, name: text } };
    case 'ran': {
      const command =
        text === '' ? refuse('A command is words of it, or a /pattern/.') : nameOf(text, value.place, findings);
      return command === undefined ? undefined : { subject: { kind, command } };
    }
    case 'ask': {
      const script = parameters.get('equals-run');
      if (text === '') return refuse('A question has words.');
      return {
        subject: {
          kind,
          question: text,
          ...(script === undefined ? {} : { equalsRun: textOf(script.value, 'equals-run', findings) }),
        },
      };
    }
    case 'run': {
      if (text.trim() === '') return refuse('"run" is followed by what the shell runs.');
      const user = parameters.get('as');
      const timeout = parameters.get('timeout');
      const timeoutMs =
        timeout === undefined ? undefined : durationOf(timeout.value, 'timeout', MAX_CHECK_TIMEOUT_MS, findings);
      return {
        subject: {
          kind,
          script: text,
          timeoutMs: timeoutMs ?? DEFAULT_CHECK_TIMEOUT_MS,
          ...(user === undefined ? {} : { as: textOf(user.value, 'as', findings) }),
        },
      };
    }
  }
}

function readHttp(
  text: string,
  place: Place,
  parameters: ReadonlyMap<string, LocatedEntry>,
  context: LeafContext,
  refuse: (message: string) => undefined,
): Read | undefined {
  const match = /^(?:(https?):\/\/)?(?:(localhost|[a-z][a-z0-9-]{0,31}):)?(\d{1,5})(\/\S*)?$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535)
    return refuse('"http" is followed by a port and a path: 8080/, node2:8080/health.');
  const { findings } = context;
  const within = parameters.get('within');
  const method = parameters.get('method');
  const words = method === undefined ? 'GET' : textOf(method.value, 'method', findings).toUpperCase();
  if (!/^(GET|HEAD|POST|PUT|DELETE|OPTIONS)$/.test(words))
    return refuse('"method" is GET, HEAD, POST, PUT, DELETE or OPTIONS.');
  const withinMs =
    within === undefined ? undefined : durationOf(within.value, 'within', MAX_CHECK_TIMEOUT_MS, findings);
  const node = match[2] === 'localhost' ? undefined : match[2];
  const subject: Subject = {
    kind: 'http',
    port,
    path: match[4] ?? '/',
    scheme: match[1] === 'https' ? 'https' : 'http',
    method: words,
    withinMs: withinMs ?? DEFAULT_CHECK_TIMEOUT_MS,
  };
  return placed(subject, node, place, context);
}

function placed(subject: Subject, node: string | undefined, place: Place, context: LeafContext): Read {
  if (node === undefined) return { subject };
  return { subject, at: nodeOf({ type: 'scalar', value: node, place }, context) };
}

function nodeOf(value: Located, { nodes, findings }: LeafContext): string {
  const name = value.type === 'scalar' ? String(value.value) : '';
  if (nodes !== null && !nodes.has(name)) {
    findings.add('NODE_UNKNOWN', value.place, `The lab has no node "${name}".${didYouMean(name, nodes)}`);
  }
  return name;
}

function nameOf(text: string, place: Place, findings: Findings): NameMatch | undefined {
  if (!isPattern(text)) return { eq: text };
  const source = patternSource(text);
  const problem = patternProblem(source);
  if (problem === undefined) return { re: source };
  findings.add('PATTERN_WRONG', place, problem);
  return undefined;
}

function textOf(value: Located, name: string, findings: Findings): string {
  if (value.type === 'scalar' && value.value !== null) return String(value.value);
  findings.add('CONDITION_VALUE', value.place, `"${name}" is a text.`);
  return '';
}

function durationOf(value: Located, name: string, most: number, findings: Findings): number | undefined {
  const ms = value.type === 'scalar' ? parseDuration(String(value.value)) : undefined;
  if (ms === undefined) findings.add('CONDITION_VALUE', value.place, `"${name}" is a time, such as 5s.`);
  else if (ms > most) findings.add('CONDITION_VALUE', value.place, `"${name}" is at most ${most / 1000}s.`);
  return ms === undefined ? undefined : Math.min(ms, most);
}
