/** What a fence's words ask for, checked against each other. */
import type { Where } from '../blocks.ts';
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { type FenceInfo, SHELL_LANGUAGES } from '../markdown/fence-info.ts';
import { isPattern, patternProblem, patternSource } from '../patterns/pattern.ts';
import { isNodePath } from '../source/lab-files.ts';

export type FenceRole =
  | { role: 'run'; mode: 'run' | 'type' | 'keys' | 'show'; console: boolean }
  | { role: 'script'; use: 'check' | 'setup' | 'solve' | 'break' | 'wrong' }
  | { role: 'check' }
  | {
      role: 'file';
      path: string;
      change: { mode: 'write' | 'append' | 'patch' } | { mode: 'before' | 'after'; pattern: string };
    }
  | { role: 'output' }
  | { role: 'code' };

export type FenceRules = {
  role: FenceRole;
  where: Where;
  background: boolean;
  once: boolean;
  match: boolean;
  program?: string;
  confirm?: string;
  say?: string;
  expect?: string;
};

const MODES = ['type', 'keys', 'show'] as const;
const USES = ['check', 'setup', 'solve', 'break', 'wrong'] as const;
const WORDS = [...MODES, ...USES, 'background', 'once', 'all', 'append', 'match'];
const VALUES = ['file', 'in', 'confirm', 'say', 'expect', 'before', 'after'];

/** Reads a fence's words; `nodes` null where a template makes them. */
export function fenceRules(
  info: FenceInfo,
  nodes: ReadonlySet<string> | null,
  place: Place,
  findings: Findings,
): FenceRules {
  const shell = SHELL_LANGUAGES.has(info.lang) || info.lang === 'console';
  const file = info.values.get('file');
  const known = new Set<string>();
  const where: Where = {};
  const isOurs = shell || file !== undefined || info.lang === 'check' || info.words.includes('match');
  for (const word of isOurs ? info.words : []) {
    if (WORDS.includes(word)) known.add(word);
    else if (!readNode(word, nodes, where, place, findings)) {
      const near = didYouMean(word, [...WORDS, ...(nodes ?? [])]);
      findings.add('FENCE_WORD_UNKNOWN', place, `The word "${word}" means nothing on a block.${near}`);
    }
  }
  for (const key of isOurs ? info.values.keys() : []) {
    const near = didYouMean(key, VALUES);
    // Words of other generators (`title="…"`) are theirs; only what looks like one of ours is told.
    if (!VALUES.includes(key) && near !== '')
      findings.add('FENCE_WORD_UNKNOWN', place, `"${key}=" means nothing on a block.${near}`);
  }
  if (known.has('all')) where.all = true;
  if (where.all === true && where.node !== undefined) {
    findings.add('FENCE_WORDS_CLASH', place, `"all" and "${where.node}" exclude each other.`);
  }
  const texts: Partial<Pick<FenceRules, 'program' | 'confirm' | 'say' | 'expect'>> = {};
  for (const [key, name] of [
    ['in', 'program'],
    ['confirm', 'confirm'],
    ['say', 'say'],
    ['expect', 'expect'],
  ] as const) {
    const value = info.values.get(key);
    if (value !== undefined) texts[name] = value;
  }
  return {
    role: roleOf(info, shell, known, file, place, findings),
    where,
    background: known.has('background'),
    once: known.has('once'),
    match: known.has('match'),
    ...texts,
  };
}

function readNode(
  word: string,
  nodes: ReadonlySet<string> | null,
  where: Where,
  place: Place,
  findings: Findings,
): boolean {
  const match = /^([a-z][a-z0-9-]{0,31})(?:\/(\d{1,2}))?$/.exec(word);
  if (match === null) return false;
  const [, node = '', terminal] = match;
  const isKnown = nodes === null ? /^[a-z]+[0-9]+$/.test(node) : nodes.has(node);
  if (!isKnown && !/^(node|host|docker-?vm|worker|manager)-?[0-9]+$/.test(node)) return false;
  if (!isKnown) findings.add('NODE_UNKNOWN', place, `The lab has no node "${node}".${didYouMean(node, nodes ?? [])}`);
  if (terminal !== undefined && (Number(terminal) < 1 || Number(terminal) > 32)) {
    findings.add('FENCE_WORDS_CLASH', place, 'A node has terminals 1 to 32.');
  }
  where.node = node;
  if (terminal !== undefined) where.terminal = Number(terminal);
  return true;
}

function roleOf(
  info: FenceInfo,
  shell: boolean,
  known: ReadonlySet<string>,
  file: string | undefined,
  place: Place,
  findings: Findings,
): FenceRole {
  const use = USES.find((word) => known.has(word));
  const modes = MODES.filter((word) => known.has(word));
  if (modes.length > 1 || (use !== undefined && modes.length > 0)) {
    findings.add(
      'FENCE_WORDS_CLASH',
      place,
      `"${[...modes, ...(use === undefined ? [] : [use])].join('" and "')}" exclude each other.`,
    );
  }
  if (info.lang === 'check') return { role: 'check' };
  if (file !== undefined) return fileRole(info, known, file, place, findings);
  if (shell && use !== undefined) return { role: 'script', use };
  if (shell) return { role: 'run', mode: modes[0] ?? 'run', console: info.lang === 'console' };
  if (info.values.has('in')) return { role: 'run', mode: modes[0] ?? 'run', console: false };
  if (info.lang === 'output' || known.has('match')) return { role: 'output' };
  return info.lang === 'text' ? { role: 'output' } : { role: 'code' };
}

function fileRole(
  info: FenceInfo,
  known: ReadonlySet<string>,
  path: string,
  place: Place,
  findings: Findings,
): FenceRole {
  if (!isNodePath(path)) findings.add('FILE_UNSAFE_PATH', place, `"${path}" is no absolute path of a node.`);
  const sides = (['before', 'after'] as const).filter((side) => info.values.has(side));
  const changes = sides.length + (known.has('append') ? 1 : 0) + (info.lang === 'diff' ? 1 : 0);
  if (changes > 1)
    findings.add(
      'FENCE_WORDS_CLASH',
      place,
      'A block appends, stands before, stands after or is a diff: one of these.',
    );
  const [side] = sides;
  if (info.lang === 'diff') return { role: 'file', path, change: { mode: 'patch' } };
  if (side === undefined) return { role: 'file', path, change: { mode: known.has('append') ? 'append' : 'write' } };
  const written = info.values.get(side) ?? '';
  const pattern = isPattern(written) ? patternSource(written) : written;
  const problem = patternProblem(pattern);
  if (problem !== undefined) findings.add('PATTERN_WRONG', place, problem);
  return { role: 'file', path, change: { mode: side, pattern } };
}
