/**
 * The text of a code block as a visitor would copy it, from the HTML that documentation generators make of a fence: each wraps lines, numbers,
 * prompts and copy buttons in its own way. Never the rendered text (`innerText`): that holds buttons and loses what is not shown.
 */

/** A block's text is cut here (characters); nobody's command is longer, and a page may hold anything. */
export const MAX_CODE_CHARACTERS = 64 * 1024;

/** What stands in a block and is no code: line numbers, output of a session, buttons, callouts, lines that a diff takes away. */
const NO_CODE = [
  'button',
  'nav',
  'script',
  'style',
  '.go',
  '.linenos',
  '.lineno',
  '.lnt',
  '.ln',
  '.rouge-gutter',
  '.boring',
  '.conum',
  '.conum + b',
  '.lang',
  '.buttons',
  '.diff.remove',
  '[aria-hidden="true"]',
  '[data-drydock]',
].join(',');

/** One line each, with or without a newline of its own. */
const LINE = '.line, .token-line, .ec-line, .cl, .code-line, tr, div, p, li';

/** Stands for a prompt that a highlighter marked, until the lines are known. */
const PROMPT_MARK = '\u0000';

/** Starlight's copy button carries the whole text, with newlines as DEL. */
function carriedText(block: Element): string | undefined {
  const figure = block.closest('figure') ?? block;
  const code = figure.querySelector('button[data-code]')?.getAttribute('data-code');
  return code === null || code === undefined ? undefined : code.replaceAll('\u007f', '\n');
}

/** Where the code is: of a table with line numbers it is the last cell that has a `pre` or `code`. */
function codeElement(block: Element): Element {
  const cells = block.querySelectorAll('td');
  const cell = [...cells].reverse().find((each) => each.querySelector('pre, code') !== null) ?? cells[cells.length - 1];
  const root = cell ?? block;
  return root.querySelector('code') ?? root.querySelector('pre') ?? root;
}

/** Gathers text, one line an element where a generator wraps lines. */
function createGatherer() {
  let text = '';
  /** A line has ended without a newline of its own. */
  let breakDue = false;
  const add = (piece: string) => {
    if (piece === '' || text.length >= MAX_CODE_CHARACTERS) return;
    if (breakDue && !piece.startsWith('\n')) text += '\n';
    breakDue = false;
    text += piece;
  };

  function line(parent: Node): void {
    if (breakDue || (text !== '' && !text.endsWith('\n'))) text += '\n';
    breakDue = false;
    const start = text.length;
    children(parent);
    breakDue = !text.slice(start).endsWith('\n');
  }

  function children(parent: Node): void {
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) add(node.nodeValue ?? '');
      if (!(node instanceof Element)) continue;
      if (node.tagName === 'BR') add('\n');
      else if (node.matches('.gp')) add(PROMPT_MARK);
      else if (node.matches(NO_CODE)) continue;
      else if (node.matches(LINE)) line(node);
      else children(node);
    }
  }

  return { children, text: () => text };
}

/** Of a session only what was typed: the lines with a prompt, and those that go on after a backslash. */
function typedLines(text: string): string {
  if (!text.includes(PROMPT_MARK)) return text;
  let goesOn = false;
  return text
    .split('\n')
    .filter((line) => {
      const keep = line.includes(PROMPT_MARK) || goesOn;
      goesOn = keep && line.endsWith('\\');
      return keep;
    })
    .map((line) =>
      line.includes(PROMPT_MARK) ? line.slice(line.lastIndexOf(PROMPT_MARK) + 1).replace(/^[ \t]/, '') : line,
    )
    .join('\n');
}

/**
 * The text of `block`, a `pre` or what wraps one. Tabs stay, one newline at the end goes. At most MAX_CODE_CHARACTERS.
 */
export function codeText(block: Element): string {
  const carried = carriedText(block);
  if (carried !== undefined) return carried.slice(0, MAX_CODE_CHARACTERS).replace(/\n$/, '');
  const gatherer = createGatherer();
  gatherer.children(codeElement(block));
  return typedLines(gatherer.text().replaceAll('\r\n', '\n').slice(0, MAX_CODE_CHARACTERS)).replace(/\n$/, '');
}
