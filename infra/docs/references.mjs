/** Finds what documents and comments name: links, paths, settings, commands, rules. Pure: it reads text and answers. */

/**
 * @typedef {object} Reference
 * @property {'link' | 'path' | 'setting' | 'script' | 'rule'} kind
 * @property {string} name
 * @property {number} line from 1
 */

/** Endings of the project's own files: a word with a slash and one of them is a path. */
const ENDINGS = 'ts|tsx|mts|mjs|c|h|sh|md|json|yaml|yml|rules|mk|service|Dockerfile|css|png|html|py|pl';
/** Folders at the root: a word that begins with one of them and a slash is a path, whatever its ending. */
const FOLDERS = 'apps|packages|native|infra|e2e|docs|labs';
const SEGMENT = '[A-Za-z0-9_.@*{},\\[\\]-]+';
const PATH = new RegExp(
  `(?<![\\w/.:$~<>-])(?:(?:${FOLDERS})/(?:${SEGMENT}/)*${SEGMENT}/?|(?:${SEGMENT}/)+[A-Za-z0-9_.*{},-]+\\.(?:${ENDINGS}))(?![\\w/<])`,
  'g',
);
const FILE = /^[A-Za-z0-9_.*{},-]+\.(?:ts|tsx|mjs|c|h|sh|md)$/;
const SETTING = /\bDRYDOCK_[A-Z0-9]+(?:_[A-Z0-9]+)*(?:_\*)?(?![A-Z0-9_])/g;
const SCRIPT = /\bnpm run (?:-s )?([a-z][a-z0-9:-]*)/g;
/** Rules of docs/PROTOCOL.md: `T-10`, and `PROTOCOL B5` (a letter and a number alone may be anything). */
const RULE = /(?<![\w-])(?:T-\d{1,2}|(?<=PROTOCOL )[A-E]\d{1,2})(?![\w-])/g;

/**
 * @param {string} text a Markdown document
 * @returns {Reference[]}
 */
export function referencesInDocument(text) {
  /** @type {Reference[]} */
  const found = [];
  let fenced = false;
  for (const [index, line] of text.split('\n').entries()) {
    const at = index + 1;
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (!fenced) {
      for (const [, target = ''] of line.matchAll(/\]\(([^()\s]+)\)/g)) {
        if (!/^[a-z]+:/.test(target)) found.push({ kind: 'link', name: target, line: at });
      }
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) found.push(...pathsIn(code, at));
    }
    found.push(...wordsIn(line, at));
  }
  return found;
}

/**
 * @param {string} text a program of TypeScript, JavaScript, C or CSS
 * @returns {Reference[]} what its comments name
 */
export function referencesInComments(text) {
  /** @type {Reference[]} */
  const found = [];
  for (const { comment, line } of commentsOf(text)) {
    found.push(...pathsIn(comment, line), ...wordsIn(comment, line));
  }
  return found;
}

/** @param {string} text @param {number} line @returns {Reference[]} */
function pathsIn(text, line) {
  const paths = [...text.matchAll(PATH)].map(([name]) => name);
  const words = text.split(/[\s;:()"'`]+/).map((word) => word.replace(/[.,]$/, ''));
  const files = words.filter((word) => FILE.test(word) && !paths.some((path) => path.includes(word)));
  return [...paths, ...files].map((name) => ({ kind: 'path', name: name.replace(/[.,)]+$/, ''), line }));
}

/** @param {string} text @param {number} line @returns {Reference[]} */
function wordsIn(text, line) {
  return [
    ...[...text.matchAll(SETTING)].map(([name]) => ({ kind: /** @type {const} */ ('setting'), name, line })),
    ...[...text.matchAll(SCRIPT)].map(([, name = '']) => ({ kind: /** @type {const} */ ('script'), name, line })),
    ...[...text.matchAll(RULE)].map(([name]) => ({ kind: /** @type {const} */ ('rule'), name, line })),
  ];
}

/**
 * Comments by a scan that knows strings only as far as it must: a line's rest from `//` on, and from `/*` to the end mark.
 * @param {string} text
 * @returns {{comment: string, line: number}[]} one entry a line
 */
export function commentsOf(text) {
  const comments = [];
  let inside = false;
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (inside || trimmed.startsWith('/*')) {
      comments.push({ comment: trimmed, line: index + 1 });
      inside = !trimmed.includes('*/');
      continue;
    }
    const single = /(?:^|\s)\/\/ (.*)$/.exec(line);
    if (single !== null) comments.push({ comment: single[1] ?? '', line: index + 1 });
  }
  return comments;
}
