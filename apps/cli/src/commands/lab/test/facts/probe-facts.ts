/** Files, pages and scripts that a step's leaves ask for. */
import type { NodeFacts, Probe } from '@drydock/lab';
import type { TestSession } from '../session.ts';

/** A file's content that is looked at (bytes): what the checks themselves look at. */
const MAX_FILE = 256 * 1024;
const FILE_SCRIPT = `if [ ! -e "$1" ] && [ ! -L "$1" ]; then echo missing; exit; fi
stat -c '%F|%a|%U' -- "$1"; [ -f "$1" ] && head -c ${MAX_FILE} -- "$1" | base64 -w0`;

export type ProbeContext = { session: TestSession; answers: Readonly<Record<string, { text: string }>> };

/** Asks one probe on one node and puts what it gives into the node's facts; the answer of `equals-run` is returned. */
export async function askProbe(
  probe: Probe,
  node: string,
  facts: NodeFacts,
  context: ProbeContext,
): Promise<string | undefined> {
  const { session } = context;
  switch (probe.kind) {
    case 'file':
      facts.files = { ...facts.files, [probe.key]: await fileFact(session, node, probe.key) };
      return undefined;
    case 'http':
      facts.http = { ...facts.http, [probe.key]: await httpFact(session, node, probe) };
      return undefined;
    case 'run': {
      const { script, timeoutMs, as } = probe;
      facts.runs = { ...facts.runs, [probe.key]: await runFact(context, node, script, timeoutMs, as) };
      return undefined;
    }
    case 'answer': {
      const { stdout, exitCode } = await session.exec(node, ['bash', '-c', probe.script], { timeoutMs: 10_000 });
      return exitCode === 0 ? stdout.trim() : undefined;
    }
    case 'env':
      // What a shell exports is in no table that can be read from outside: it stays "not known".
      return undefined;
  }
}

async function fileFact(
  session: TestSession,
  node: string,
  path: string,
): Promise<NonNullable<NodeFacts['files']>[string]> {
  const { stdout } = await session.exec(node, ['bash', '-c', FILE_SCRIPT, 'bash', path]);
  const [head = '', content = ''] = stdout.split('\n');
  const [kind = '', mode = '', owner = ''] = head.split('|');
  if (kind === 'missing' || head === '') return { type: 'missing' };
  const type = kind.includes('regular')
    ? 'file'
    : kind === 'directory'
      ? 'directory'
      : kind.includes('link')
        ? 'link'
        : 'other';
  if (type !== 'file') return { type, mode, owner };
  const text = Buffer.from(content, 'base64').toString('utf8');
  return {
    type,
    mode,
    owner,
    content: text,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    ...jsonOf(text),
  };
}

function jsonOf(text: string): { json?: unknown } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return {};
  }
}

async function httpFact(
  session: TestSession,
  node: string,
  { method, scheme, port, path, withinMs }: Probe & { kind: 'http' },
): Promise<NonNullable<NodeFacts['http']>[string]> {
  const url = `${scheme}://localhost:${port}${path}`;
  const within = String(Math.max(1, Math.ceil(withinMs / 1000)));
  const head = method === 'HEAD' ? ['-I'] : ['-X', method];
  const command = ['curl', '-sk', '-i', ...head, '--max-time', within, '--max-filesize', String(MAX_FILE), '--', url];
  const { exitCode, stdout } = await session.exec(node, command);
  if (exitCode !== 0) return { error: curlError(exitCode) };
  const cut = stdout.search(/\r?\n\r?\n/);
  const head1 = cut < 0 ? stdout : stdout.slice(0, cut);
  const body = cut < 0 ? '' : stdout.slice(cut).replace(/^\r?\n\r?\n/, '');
  const [status = '', ...headers] = head1.split(/\r?\n/);
  return {
    status: Number(status.split(' ')[1]),
    body,
    headers: Object.fromEntries(
      headers.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ),
    ...jsonOf(body),
  };
}

function curlError(code: number): 'refused' | 'timeout' | 'reset' | 'tls' | 'other' {
  const known: Record<number, 'refused' | 'timeout' | 'reset' | 'tls'> = {
    7: 'refused',
    28: 'timeout',
    35: 'tls',
    52: 'reset',
    56: 'reset',
    60: 'tls',
  };
  return known[code] ?? 'other';
}

async function runFact(
  { session, answers }: ProbeContext,
  node: string,
  script: string,
  timeoutMs: number,
  as: string | undefined,
): Promise<NonNullable<NodeFacts['runs']>[string]> {
  const variables = Object.entries(answers).map(([key, { text }]) => `LAB_ANSWER_${key}=${text}`);
  const shell = as === undefined ? ['bash', '-c', script] : ['su', as, '-s', '/bin/bash', '-c', script];
  const seconds = Math.ceil(timeoutMs / 1000);
  const ran = await session.exec(
    node,
    ['env', '-C', '/root', ...variables, 'timeout', '-k', '1', String(seconds), ...shell],
    {
      timeoutMs: timeoutMs + 5_000,
    },
  );
  const isOver = ran.exitCode === 124;
  return {
    exit: isOver ? null : ran.exitCode,
    ...(isOver ? { timedOut: true } : {}),
    output: ran.stdout.slice(-8_000),
    stderr: ran.stderr.slice(-8_000),
  };
}
