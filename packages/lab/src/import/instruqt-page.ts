/** The page of one Instruqt challenge: its text, tabs, notes and quiz as the body of a step. */
import type { Located } from '../yaml/located.ts';
import { foreignPage, shownFence } from './foreign-text.ts';
import { entryAt, type Front, itemsAt, numberAt, tellOthers, textAt, wordsAt } from './foreign-yaml.ts';
import type { FencePiece } from './markdown-pieces.ts';
import type { Report } from './report.ts';
import { escapeInline, joinBlocks, writeFence, writeQuiz } from './write-lab.ts';

const KEYS = [
  'slug',
  'id',
  'type',
  'title',
  'teaser',
  'notes',
  'tabs',
  'difficulty',
  'timelimit',
  'answers',
  'solution',
];
const VARIABLE = /\[\[\s*Instruqt-Var\s+key="([\w.-]{1,100})"[^\][\n]{0,200}\]\]/gi;
const BUTTON = /\[button\b([^\][\n]{0,300})\]\(([^)[\n]{0,300})\)/g;

type Tab = { text: string; host?: string; address?: string };

/** The body of the challenge's step, without its scripts. */
export function instruqtBody(front: Front, file: string, nodes: ReadonlyMap<string, string>, report: Report): string {
  const { values, body, bodyLine } = front;
  tellOthers(values, KEYS, report, '');
  const tabs = itemsAt(values, 'tabs').map((tab) => readTab(tab, nodes, report));
  const host = tabs.find((tab) => tab.host !== undefined)?.host;
  const text = foreignPage(body, {
    file,
    firstLine: bodyLine,
    report,
    line: (line, at) => withoutMarks(line, at, file, tabs, report),
    fence: (piece) => fenceOf(piece, file, host, report),
  });
  const shown = tabs.flatMap(({ text: words }) => (words === '' ? [] : [`- ${words}`]));
  return joinBlocks([...notesOf(values, report), shown.join('\n'), text, quizOf(values, report)]);
}

function readTab(tab: Located, nodes: ReadonlyMap<string, string>, report: Report): Tab {
  const { file, line } = tab.place;
  const type = textAt(tab, 'type', 40) ?? '';
  const title = escapeInline(textAt(tab, 'title', 100) ?? type);
  const host = nodes.get(textAt(tab, 'hostname', 100) ?? '') ?? [...nodes.values()][0] ?? 'node1';
  tellOthers(tab, ['type', 'title', 'hostname', 'port', 'path', 'url', 'id'], report, 'tabs.');
  const path = textAt(tab, 'path', 500) ?? '/';
  const isPlain = /^\/[^\s<>()"`\\]*$/.test(path);
  const linked = (address: string): Tab => ({ text: `[${title}](${address})`, address });
  switch (type) {
    case 'terminal':
      return { text: '', host };
    case 'service': {
      const port = numberAt(tab, 'port') ?? 80;
      if (!isPlain || !Number.isInteger(port) || port < 1 || port > 65_535) break;
      return linked(`http://${host}:${port}${path}`);
    }
    case 'code':
      if (!isPlain || path.split('/').includes('..')) break;
      report.changed('tab code', file, line, "A link into the node's editor.");
      return linked(`${host}:${path}`);
    case 'external':
    case 'website': {
      const url = textAt(tab, 'url', 1_000) ?? '';
      if (!/^https?:\/\/[^\s<>()"`\\]+$/.test(url)) break;
      report.changed(`tab ${type}`, file, line, 'A link to the page.');
      return linked(url);
    }
  }
  report.dropped(`tab ${type}`, file, line, 'A lab has no such tab.');
  return { text: '' };
}

function withoutMarks(line: string, at: number, file: string, tabs: readonly Tab[], report: Report): string {
  return line
    .replace(VARIABLE, (whole, key) => {
      report.changed(whole, file, at, 'The text names the command that shows the value.');
      return `\`agent variable get ${key}\``;
    })
    .replace(BUTTON, (whole, words, target) => {
      const label = escapeInline(/label="([^"]*)"/.exec(words)?.[1] ?? 'here');
      const index = /^tab-(\d{1,3})$/.exec(target)?.[1];
      const address = index === undefined ? undefined : tabs[Number(index)]?.address;
      if (address === undefined) report.changed(whole, file, at, 'Its words alone are left.');
      return address === undefined ? `**${label}**` : `[${label}](${address})`;
    });
}

/** `bash,run` types; a block without `run` was only copied. */
function fenceOf(piece: FencePiece, file: string, host: string | undefined, report: Report): string {
  const words = piece.info.split(/[\s,]+/).filter((word) => word !== '');
  const isRun = words.includes('run');
  const language = words.find((word) => !/^(run|copy|nocopy|wrap|line-numbers)$/.test(word)) ?? '';
  for (const word of words) {
    if (!/^(run|copy)$/.test(word) && word !== language)
      report.dropped(word, file, piece.line, 'A word of a block that does nothing here.');
  }
  const body = piece.body.replace(VARIABLE, (whole, key) => {
    report.changed(whole, file, piece.line, 'The command asks for the value when it runs.');
    return `$(agent variable get ${key})`;
  });
  if (!isRun) return shownFence({ ...piece, body }, language);
  if (language === '' || /^(sh|bash|shell|zsh|console)$/i.test(language))
    return writeFence(
      language.toLowerCase() === 'bash' ? 'bash' : 'sh',
      body,
      host === undefined ? {} : { node: host },
    );
  const program = language
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 40);
  if (program === '' || /^(check|diff)$/.test(program)) return shownFence({ ...piece, body }, language);
  report.changed(piece.info, file, piece.line, `It is typed only while ${program} runs in the terminal.`);
  return writeFence(program, body, { values: { in: program } });
}

function notesOf(values: Located | undefined, report: Report): string[] {
  return itemsAt(values, 'notes')
    .slice(0, 50)
    .map((note) => {
      const { file, line } = note.place;
      const type = textAt(note, 'type', 40) ?? 'text';
      const place = entryAt(note, 'contents')?.place ?? note.place;
      if (type === 'text') {
        report.changed('notes', file, line, 'A slide of the waiting time stands at the head of the step.');
        return foreignPage(textAt(note, 'contents', 100_000) ?? '', {
          file,
          // The text of a `|` scalar begins a line below its key.
          firstLine: place.line + (/\n/.test(textAt(note, 'contents', 100_000) ?? '') ? 1 : 0),
          report,
          fence: (piece) => shownFence(piece, piece.info.split(/[\s,]/, 1)[0] ?? ''),
        });
      }
      report.dropped(`notes ${type}`, file, line, 'Slides are text alone.');
      return '';
    });
}

function quizOf(values: Located | undefined, report: Report): string {
  const answers = wordsAt(values, 'answers').slice(0, 50);
  if (answers.length === 0) return '';
  const right = new Set(wordsAt(values, 'solution').map(Number));
  const items = answers.map((text, index) => ({ text: escapeInline(text.slice(0, 500)), right: right.has(index) }));
  const count = items.filter((item) => item.right).length;
  if (count > 0 && items.length > 1) return writeQuiz('Which is right?', items, count > 1);
  const place = entryAt(values, 'answers')?.place;
  report.changed(
    'answers',
    place?.file ?? '',
    place?.line ?? 1,
    'A list: no answer of it is said to be right, or there is one alone.',
  );
  return items.map(({ text }) => `- ${text}`).join('\n');
}
