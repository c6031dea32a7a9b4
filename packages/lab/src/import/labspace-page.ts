/** One page of a Labspace as the body of a step: shell blocks run by default, `save-as` writes, directives become words and links. */
import { attributesIn } from '../markdown/attributes.ts';
import { isNodePath } from '../source/lab-files.ts';
import { foreignPage, shownFence } from './foreign-text.ts';
import type { FencePiece } from './markdown-pieces.ts';
import type { Report } from './report.ts';
import { escapeInline, writeFence } from './write-lab.ts';

/** Where the other platform's workspace is; relative paths of files are in it. */
const WORKSPACE = '/root/project';
const DIRECTIVE = /(:{1,3})([A-Za-z]{3,40})(?:\[([^\]\n]{0,500})\])?(?:\{([^}\n]{0,1000})\})?/g;
const KNOWN = /^(fileLink|tabLink|variableDefinition|variableSetButton|conditionalDisplay)$/;
const SHELL = /^(bash|shell|sh|zsh|console)$/;

export function labspaceBody(
  text: string,
  file: string,
  variables: ReadonlyMap<string, string>,
  report: Report,
): string {
  let closing = 0;
  return foreignPage(text, {
    file,
    firstLine: 1,
    report,
    line(given, at) {
      if (closing > 0 && /^\s*:::\s*$/.test(given)) {
        closing -= 1;
        return '';
      }
      return withValues(given, at).replace(DIRECTIVE, (whole, colons, name, label, words) => {
        if (!KNOWN.test(name)) return whole;
        if (name === 'conditionalDisplay' && colons === ':::') closing += 1;
        return directive(name, label ?? '', attributesOf(words ?? ''), whole, at);
      });
    },
    fence: (piece) => fenceOf({ ...piece, body: withValues(piece.body, piece.line) }, file, report),
  });

  /** `$$name$$` by its first value; a name without one stays. */
  function withValues(given: string, at: number): string {
    return given.replace(/\$\$([A-Za-z_][\w-]{0,60})\$\$/g, (whole, name) => {
      const value = variables.get(name);
      report.changed(
        whole,
        file,
        at,
        value === undefined ? 'It has no value to write: its name is left.' : 'Its first value is written out.',
      );
      return value === undefined ? name : value.replace(/\s+/g, ' ');
    });
  }

  function directive(
    name: string,
    label: string,
    words: ReadonlyMap<string, string>,
    whole: string,
    at: number,
  ): string {
    const title = words.get('title') ?? '';
    switch (name) {
      case 'fileLink': {
        const path = nodePath(words.get('path') ?? '');
        const line = /^\d{1,6}$/.exec(words.get('line') ?? '')?.[0];
        report.changed(whole, file, at, `A link into the node's editor; the workspace is ${WORKSPACE}.`);
        const shown = escapeInline(label || path || 'the file');
        return path === undefined ? shown : `[${shown}](node1:${path}${line === undefined ? '' : `:${line}`})`;
      }
      case 'tabLink': {
        const href = words.get('href') ?? '';
        const isPlain = /^https?:\/\/[^\s<>()"`\\]+$/.test(href);
        report.changed(whole, file, at, isPlain ? 'A link.' : 'Its words alone are left.');
        return isPlain ? `[${escapeInline(label || title || href)}](${href})` : escapeInline(label || title);
      }
      case 'variableDefinition':
        report.dropped(whole, file, at, 'Nothing is asked: values are written out.');
        return escapeInline(words.get('prompt') ?? '');
      case 'variableSetButton':
        report.dropped(whole, file, at, 'Nothing is set: values are written out.');
        return escapeInline(label);
      default:
        report.changed(whole, file, at, 'What it holds is always shown.');
        return '';
    }
  }
}

function attributesOf(words: string): Map<string, string> {
  return new Map(attributesIn(words).map(({ name, value }) => [name, value]));
}

/** An absolute path on the node, without letters that end a link; undefined for what is none. */
function nodePath(path: string): string | undefined {
  const whole = path.startsWith('/') ? path : `${WORKSPACE}/${path.replace(/^\.\//, '')}`;
  return path !== '' && isNodePath(whole) && /^[\w./@+-]+$/.test(whole) && !whole.endsWith('/') ? whole : undefined;
}

function fenceOf(piece: FencePiece, file: string, report: Report): string {
  const [language = '', ...words] = piece.info.split(/\s+/);
  const lang = language.toLowerCase();
  const values = attributesOf(piece.info);
  const saved = values.get('save-as');
  for (const word of words) {
    if (/^(no-run-button|save-as=)/.test(word)) continue;
    report.dropped(word, file, piece.line, 'A word of a block that does nothing here.');
  }
  const path = saved === undefined ? undefined : nodePath(saved);
  if (path !== undefined) {
    report.changed(`save-as=${saved}`, file, piece.line, `It writes ${path} on the node.`);
    return writeFence(/^(check|diff)$/.test(lang) || !/^[\w+#.-]{1,40}$/.test(lang) ? 'text' : lang, piece.body, {
      values: { file: path },
    });
  }
  if (saved !== undefined) report.dropped(`save-as=${saved}`, file, piece.line, 'No path of a node.');
  if (!SHELL.test(lang) || words.includes('no-run-button')) return shownFence(piece, lang);
  return writeFence(lang === 'console' && !/^\$ /m.test(piece.body) ? 'sh' : lang, piece.body);
}
