/** Markdown to tokens: CommonMark with GitHub's tables, strikethrough, bare addresses and footnotes, by markdown-it. */
import MarkdownIt, { type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { MAX_PROSE_DEPTH } from '../limits.ts';

export type { Token };

const parser = createParser();

/** Tokens of a Markdown text; lines in them count from 0 of the given text. Nesting beyond MAX_PROSE_DEPTH becomes text. */
export function markdownTokens(text: string): Token[] {
  return parser.parse(text, {});
}

function createParser(): MarkdownIt {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  // Its types were written for another edition of the parser's types.
  markdown.use(footnotes as unknown as (parser: MarkdownIt) => void);
  // The parser reads it, though its types leave it out.
  Object.assign(markdown.options, { maxNesting: MAX_PROSE_DEPTH });
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  // Every address is parsed as it stands and judged by link-target.ts, so that a refused one is a finding and not silently text.
  markdown.validateLink = () => true;
  markdown.normalizeLink = (address) => address;
  markdown.normalizeLinkText = (address) => address;
  // An id of a footnote is its own label, not a number over the whole page: steps are shown apart.
  markdown.disable('footnote_inline');
  return markdown;
}
