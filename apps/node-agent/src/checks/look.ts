/** Asks the looking program of a node, and reads what it says: everything of it may be a learner's invention. */
import type { NodeProbe, ProbedFacts } from '@drydock/protocol';
import { z } from 'zod';
import { MAX_INSPECTED } from './container-table.ts';
import { LOOK_SCRIPT } from './look-script.ts';

/** What the program is asked for. */
export type LookProbe = Exclude<NodeProbe, { kind: 'http' | 'run' }>;

/** The looking program's own alarm ends it before (s). */
export const LOOK_SECONDS = 10;
export const LOOK_COMMAND = ['nice', '-n', '10', 'perl', '-e', LOOK_SCRIPT];
/** Answers that are read; more are an invention. */
const MAX_LINES = 4_000;

/** Tables by names that a node says: maps, so that thousands of names cost no copy of all before them. */
interface Named {
  files: Map<string, NonNullable<ProbedFacts['files']>[string]>;
  env: Map<string, string | null>;
  listens: Map<string, NonNullable<ProbedFacts['listens']>[string]>;
}

const hexOf = (text: string) => Buffer.from(text).toString('hex');
const textOf = (hex: string) => Buffer.from(hex, 'hex').toString('utf8');

/** The questions as the program reads them; `pids` are the first processes of containers by name. */
export function lookQuestions(probes: readonly LookProbe[], pids: ReadonlyMap<string, number>): string {
  return probes
    .flatMap((probe) => questionOf(probe, pids))
    .map((line) => `${line}\n`)
    .join('');
}

function questionOf(probe: LookProbe, pids: ReadonlyMap<string, number>): string[] {
  switch (probe.kind) {
    case 'file':
      return [`file ${hexOf(probe.path)} ${probe.content ? 1 : 0} ${probe.since ?? '-'}`];
    case 'processes':
    case 'commands':
      return [probe.kind];
    case 'env':
      return [`env ${probe.name}`];
    case 'listens':
      return [...pids].map(([name, pid]) => `listens ${hexOf(name)} ${pid}`);
  }
}

const FILE =
  /^file ([0-9a-f]*) (missing|file|directory|link|other)(?: ([0-7]{4}) ([0-9a-f]*) ([01-]) (\d+|-) (-|[0-9a-f]*\.))?$/;
const NUMBER = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** The answers as facts; lines that are none are passed over, and answers to what was not asked too. */
export function readLook(output: string, probes: readonly LookProbe[]): ProbedFacts {
  const facts: ProbedFacts = {};
  const named: Named = { files: new Map(), env: new Map(), listens: new Map() };
  const paths = new Set(probes.flatMap((probe) => (probe.kind === 'file' ? [probe.path] : [])));
  const names = new Set(probes.flatMap((probe) => (probe.kind === 'env' ? [probe.name] : [])));
  const asked = new Set(probes.map(({ kind }) => kind));
  for (const line of output.split('\n', MAX_LINES)) {
    const [what = '', first = '', ...rest] = line.split(' ');
    switch (what) {
      case 'file':
        addFile(named, line, paths);
        break;
      case 'processes':
        if (asked.has('processes')) facts.processes ??= [];
        break;
      case 'process':
        facts.processes?.push({ command: textOf(first).slice(0, 1_024), user: textOf(rest[0] ?? '').slice(0, 256) });
        break;
      case 'commands':
        if (asked.has('commands')) facts.commands ??= [];
        break;
      case 'command':
        addCommand(facts, first, rest);
        break;
      case 'env': {
        const value = rest[0] ?? '-';
        if (names.has(first)) named.env.set(first, value === '-' ? null : textOf(value).slice(0, 4_096));
        break;
      }
      case 'listens':
        if (asked.has('listens') && named.listens.size < MAX_INSPECTED)
          named.listens.set(textOf(first).slice(0, 256), []);
        break;
      case 'listen':
        addListen(named, first, rest);
        break;
      case 'free': {
        const { data } = NUMBER.safeParse(first);
        if (data !== undefined) facts.diskFree = data;
        break;
      }
    }
  }
  return {
    ...facts,
    ...(named.files.size === 0 ? {} : { files: Object.fromEntries(named.files) }),
    ...(named.env.size === 0 ? {} : { env: Object.fromEntries(named.env) }),
    ...(named.listens.size === 0 ? {} : { listens: Object.fromEntries(named.listens) }),
  };
}

function addFile({ files }: Named, line: string, paths: ReadonlySet<string>): void {
  const [, key = '', type, mode, owner = '', newer, lines, text = '-'] = FILE.exec(line) ?? [];
  const path = textOf(key);
  if (type === undefined || !paths.has(path)) return;
  const content = text === '-' ? undefined : textOf(text);
  files.set(path, {
    type: type as 'file',
    ...(mode === undefined ? {} : { mode, owner: textOf(owner).slice(0, 256) }),
    ...(newer === '0' || newer === '1' ? { newerThanStep: newer === '1' } : {}),
    ...(lines === undefined || lines === '-' ? {} : { lines: Number(lines) }),
    ...(content === undefined ? {} : { content }),
  });
}

function addCommand(facts: ProbedFacts, text: string, [exit, pipe, at]: readonly string[]): void {
  const times = z.tuple([NUMBER, NUMBER]).safeParse([exit, at]);
  if (!times.success || facts.commands === undefined || facts.commands.length >= 200) return;
  facts.commands.push({
    text: textOf(text).slice(0, 2_048),
    exit: times.data[0],
    ...(pipe === '1' ? { pipeFailed: true } : {}),
    at: times.data[1] * 1_000,
  });
}

function addListen({ listens }: Named, name: string, [port, address]: readonly string[]): void {
  const list = listens.get(textOf(name).slice(0, 256));
  const { data } = NUMBER.safeParse(port);
  if (list === undefined || data === undefined || list.length >= 100) return;
  list.push({ port: data, address: address === '127.0.0.1' ? address : '0.0.0.0' });
}
