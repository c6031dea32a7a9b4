/** Clickable actions of Educates (`area:verb` fences with a YAML body) as blocks of ours. */
import { isNodePath } from '../../source/lab-files.ts';
import type { Located } from '../../yaml/located.ts';
import { entriesAt, entryAt, foreignYaml, numberAt, textAt, wordsAt } from '../foreign-yaml.ts';
import { shellQuoted } from '../instruqt-hosts.ts';
import type { FencePiece } from '../markdown-pieces.ts';
import type { Report } from '../report.ts';
import { escapeInline, joinBlocks, writeChecks, writeFence } from '../write-lab.ts';

export const EXAMINER_FOLDER = '/opt/lab/examiner';
const ACTION = /^(terminal|workshop|dashboard|editor|files|section|examiner|execute|copy)\b[:\w-]*$/;
const COMMON = [
  'prefix',
  'autostart',
  'cascade',
  'cooldown',
  'hidden',
  'pause',
  'event',
  'clear',
  'retries',
  'delay',
  'inputs',
];

export type ActionContext = { file: string; report: Report; hasTest(name: string): boolean };

/** Whether a fence's info names an action. */
export function isAction(info: string): boolean {
  return ACTION.test(info);
}

/** The block of an action; undefined where it does nothing here. `text` is its body with its variables resolved. */
export function actionText(piece: FencePiece, text: string, context: ActionContext): string | undefined {
  const { file, report } = context;
  const verb = piece.info;
  const short = /^(?:execute|copy)(-[\w-]+)?$/.test(verb);
  if (short)
    return verb.startsWith('copy')
      ? writeFence('sh', text, { words: ['show'] })
      : typed(text, verb.slice(8), piece, context);
  const values = foreignYaml(text, file, piece.line + 1, report);
  const isEmpty = values?.type === 'scalar' && values.value === null;
  if (values === undefined || (values.type !== 'map' && !isEmpty)) {
    report.dropped(verb, file, piece.line, 'Its body cannot be read.');
    return undefined;
  }
  for (const { key, place } of entriesAt(values))
    if (COMMON.includes(key)) report.dropped(`${verb} ${key}`, file, place.line, 'A block does not do so here.');
  const said = joinBlocks([
    verb.startsWith('section') || verb.startsWith('examiner') ? '' : bold(textAt(values, 'title', 200)),
    escapeInline(textAt(values, 'description', 2_000) ?? ''),
  ]);
  const block = blockOf(verb, values, piece, context);
  return block === undefined ? undefined : joinBlocks([said, block]);
}

function bold(text: string | undefined): string {
  return text === undefined ? '' : `**${escapeInline(text)}**`;
}

function typed(text: string, session: string, piece: FencePiece, { file, report }: ActionContext): string {
  if (/^\s*<ctrl-c>\s*$/i.test(text)) return writeFence('sh', 'ctrl-c', { words: ['keys'] });
  if (session === 'all')
    report.changed('execute-all', file, piece.line, 'It is typed into one terminal: both are on one machine.');
  return writeFence('sh', text, /^[2-9]$/.test(session) ? { node: `node1/${session}` } : {});
}

function blockOf(verb: string, values: Located, piece: FencePiece, context: ActionContext): string | undefined {
  const { file, report } = context;
  const gone = (message: string) => {
    report.dropped(verb, file, piece.line, message);
    return undefined;
  };
  switch (verb) {
    case 'terminal:execute':
      return typed(textAt(values, 'command', 60_000) ?? '', textAt(values, 'session', 10) ?? '', piece, context);
    case 'terminal:execute-all':
      return typed(textAt(values, 'command', 60_000) ?? '', 'all', piece, context);
    case 'terminal:input':
      report.changed(verb, file, piece.line, 'It is typed without Enter.');
      return writeFence('sh', textAt(values, 'text', 60_000) ?? '', { words: ['type'] });
    case 'terminal:interrupt':
    case 'terminal:interrupt-all':
      return writeFence('sh', 'ctrl-c', { words: ['keys'] });
    case 'workshop:copy':
    case 'workshop:copy-and-edit':
      return writeFence('sh', textAt(values, 'text', 60_000) ?? '', { words: ['show'] });
    case 'dashboard:open-url':
    case 'dashboard:create-dashboard': {
      const url = textAt(values, 'url', 2_000) ?? '';
      if (!/^https?:\/\/[^\s<>()"`\\]+$/.test(url)) return gone('No address of a page.');
      report.changed(verb, file, piece.line, 'A link.');
      return `[${escapeInline(textAt(values, 'name', 100) ?? url)}](${url})`;
    }
    case 'section:heading':
      return `### ${escapeInline(textAt(values, 'title', 200) ?? '')}`;
    case 'section:begin':
      report.changed(verb, file, piece.line, 'The part is always open.');
      return bold(textAt(values, 'title', 200));
    case 'section:end':
      return undefined;
    case 'examiner:execute-test':
      return examined(values, context) ?? gone('The course has no such test.');
    default:
      return verb.startsWith('editor:')
        ? (edited(verb, values, piece, context) ?? gone('A file is changed so by nothing here.'))
        : gone('A lab has no such action.');
  }
}

function examined(values: Located, { hasTest }: ActionContext): string | undefined {
  const name = textAt(values, 'name', 60) ?? '';
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name) || !hasTest(name)) return undefined;
  const seconds = Math.min(60, Math.max(1, Math.round(numberAt(values, 'timeout') ?? 15)));
  const args = wordsAt(values, 'args')
    .slice(0, 50)
    .map((word) => ` ${shellQuoted(word)}`);
  return writeChecks([
    {
      run: `${EXAMINER_FOLDER}/${name}${args.join('')}`,
      timeout: `${seconds}s`,
      title: textAt(values, 'title', 200) ?? name,
    },
  ]);
}

function edited(verb: string, values: Located, piece: FencePiece, { file, report }: ActionContext): string | undefined {
  const path = homePath(textAt(values, 'file') ?? '');
  if (path === undefined) return undefined;
  const text = textAt(values, 'text', 200_000) ?? '';
  const lang = 'text';
  switch (verb) {
    case 'editor:open-file': {
      const line = /^\d{1,6}$/.exec(textAt(values, 'line', 10) ?? '')?.[0];
      return `[${escapeInline(path)}](node1:${path}${line === undefined ? '' : `:${line}`})`;
    }
    case 'editor:create-file':
    case 'editor:append-lines-to-file': {
      report.changed(verb, file, piece.line, `A block that writes ${path}.`);
      return writeFence(lang, text, { values: { file: path }, words: verb.endsWith('to-file') ? ['append'] : [] });
    }
    case 'editor:append-lines-after-match': {
      const match = textAt(values, 'match', 200) ?? '';
      const isWords = match !== '' && /^[\w ,;:@%=<>/-]+$/.test(match) && entryAt(values, 'isRegex') === undefined;
      if (!isWords) return undefined;
      report.changed(verb, file, piece.line, `A block that changes ${path}.`);
      return writeFence(lang, text, { values: { file: path, after: match.replaceAll('/', '.') } });
    }
    default:
      return undefined;
  }
}

/** `~/x`, `$HOME/x` and `x` are in the home of root. */
function homePath(path: string): string | undefined {
  const whole = path.startsWith('/') ? path : `/root/${path.replace(/^(~|\$HOME|\.)\//, '')}`;
  return path !== '' && isNodePath(whole) && /^[\w./@+-]+$/.test(whole) && !whole.endsWith('/') ? whole : undefined;
}
