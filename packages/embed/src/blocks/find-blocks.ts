/** Which code blocks of a page can be run, by the language that the author gave them. */

/** A page may hold anything; no documentation has more blocks than that on one page. */
export const MAX_BLOCKS = 500;
/** So far above a `pre` generators put the language. */
const LANGUAGE_DEPTH = 8;
/** What generators wrap around a `pre` and draw as one thing with it: a button stands after the outermost. */
const WRAPPERS =
  'figure, .highlight, .highlighter-rouge, .theme-code-block, .code-block, .listingblock, .expressive-code, .literal-block-wrapper, [class*="language-"], [class*="highlight-"]';

export interface CodeBlock {
  /** The block itself, a `pre`. */
  block: Element;
  /** The outermost element that is drawn as one thing with it. */
  outer: Element;
  /** In lower case; empty where the author gave none. */
  language: string;
}

/** The language in the classes and attributes of one element. */
function languageOf(element: Element): string | undefined {
  const given = element.getAttribute('data-lang') ?? element.getAttribute('data-language');
  if (given) return given.toLowerCase();
  for (const name of element.classList) {
    const found = /^(?:language|lang|highlight|highlight-source|brush:?)-([\w.+-]+)$/.exec(name)?.[1];
    if (found !== undefined && found !== 'wrapper') return found.toLowerCase();
  }
  return undefined;
}

function languageOfBlock(pre: Element): string {
  const code = pre.querySelector('code');
  for (let element: Element | null = code ?? pre, up = 0; element !== null && up <= LANGUAGE_DEPTH; up += 1) {
    const found = languageOf(element);
    if (found !== undefined) return found;
    element = element.parentElement;
    if (element !== null && !element.matches(`${WRAPPERS}, pre, td, tr, tbody, table, div`)) break;
  }
  return '';
}

function outermost(pre: Element): Element {
  let outer = pre;
  for (let element = pre.parentElement; element !== null; element = element.parentElement) {
    if (element.matches(WRAPPERS)) outer = element;
    else if (!element.matches('td, tr, tbody, table, div')) break;
    else if (element.matches('div') && element.parentElement?.matches(WRAPPERS) !== true) break;
  }
  return outer;
}

/** Blocks under `root` whose language is one of `languages`, in the page's order; at most MAX_BLOCKS. */
export function findBlocks(root: ParentNode, languages: ReadonlySet<string>): CodeBlock[] {
  const found: CodeBlock[] = [];
  for (const block of root.querySelectorAll('pre')) {
    // A table with line numbers holds two.
    if (
      block.parentElement?.matches('td') === true &&
      block.closest('tr')?.querySelector('td:last-child pre') !== block
    )
      continue;
    if (block.querySelector('pre') !== null) continue;
    const language = languageOfBlock(block);
    if (!languages.has(language)) continue;
    found.push({ block, outer: outermost(block), language });
    if (found.length >= MAX_BLOCKS) break;
  }
  return found;
}
