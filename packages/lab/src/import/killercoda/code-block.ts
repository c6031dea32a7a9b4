/** Code with an action, as one or two fences of ours. */
import { SHELL_LANGUAGES } from '../../markdown/fence-info.ts';
import { writeFence } from '../write-lab.ts';
import { type Action, keyName } from './actions.ts';
import { FIRST_HOST, type KillercodaContext, SECOND_HOST } from './context.ts';
import { writtenFile } from './heredoc.ts';

export type At = { file: string; line: number };

/** The fences for `text`; `language` as the author wrote it, with whatever stands behind it. */
export function codeBlock(
  text: string,
  language: string,
  action: Action | undefined,
  at: At,
  context: KillercodaContext,
): string {
  const { report } = context;
  const lang = /^[\w+#.-]{0,40}/.exec(language.trim().toLowerCase())?.[0] ?? '';
  const isShell = SHELL_LANGUAGES.has(lang) || lang === 'console';
  for (const typo of action?.typos ?? [])
    report.changed(`{{${typo}}}`, at.file, at.line, 'It was taken for the word that it resembles.');
  const isEmpty = text.trim() === '';
  if (isEmpty && action !== undefined && action.verb !== 'none')
    report.dropped('{{…}}', at.file, at.line, 'There is no code before this action.');
  if (isEmpty) return '';
  const onlyShown = action === undefined || action.verb === 'none' || action.verb === 'open';
  if (action?.verb === 'open')
    report.dropped('{{open}}', at.file, at.line, 'Only a name in a line is a link to a file.');
  if (onlyShown || !context.takeBlock()) {
    if (!onlyShown) report.dropped('{{…}}', at.file, at.line, 'The lab has no more buttons: this code is only shown.');
    return onlyShown && isShell && context.takeBlock()
      ? writeFence(lang, text, { words: ['show'] })
      : writeFence(isShell ? '' : plainLanguage(lang), text);
  }
  if (action.verb === 'copy') {
    return isShell || lang === ''
      ? writeFence(lang || 'sh', text, { words: ['show'] })
      : writeFence(plainLanguage(lang), text);
  }
  if (!context.runs) return writeFence('sh', text, { words: ['show'] });
  return runFences(text, isShell && lang !== 'console' ? lang : 'sh', action, at, context);
}

function runFences(text: string, lang: string, action: Action, at: At, context: KillercodaContext): string {
  const { report } = context;
  const node = nodeWord(action, context);
  const where = node === undefined ? {} : { node };
  if (action.keys) {
    const key = keyName(text);
    if (key !== undefined) return writeFence('sh', key, { ...where, words: ['keys'] });
    report.dropped(
      '{{execute ctrl-seq}}',
      at.file,
      at.line,
      `"${text.trim().slice(0, 40)}" is no key: it is typed as text.`,
    );
    return writeFence('sh', text, { ...where, words: ['type'] });
  }
  const file = writtenFile(text);
  if (file !== undefined && !action.interrupt && !action.typeOnly) return file(node?.split('/', 1)[0]);
  const run = writeFence(lang, text, { ...where, words: action.typeOnly ? ['type'] : [] });
  if (!action.interrupt) return run;
  report.changed('interrupt', at.file, at.line, 'Ctrl-C is a button of its own before the command.');
  context.takeBlock();
  return `${writeFence('sh', 'ctrl-c', { ...where, words: ['keys'] })}\n\n${run}`;
}

function nodeWord({ host, terminal }: Action, context: KillercodaContext): string | undefined {
  if (host === 2) context.second = true;
  if (host === undefined && terminal === undefined) return undefined;
  const name = host === 2 ? SECOND_HOST : FIRST_HOST;
  return terminal === undefined ? name : `${name}/${terminal}`;
}

/** Languages that would mean something else to us. */
function plainLanguage(lang: string): string {
  return lang === 'check' ? 'yaml' : lang === 'output' || lang === 'plain' ? 'text' : lang;
}
