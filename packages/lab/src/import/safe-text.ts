/** Foreign prose made harmless: nothing in it may begin a step, a check or a question of ours by accident. */
import { replaceLinks } from './dead-links.ts';

/** Told of what was dropped or changed, with its file and line. */
export type Tell = (kind: 'dropped' | 'changed', construct: string, line: number, message: string) => void;

export type SafeText = {
  /** A line outside fences as it may stand in a lab; undefined where nothing is left of it. */
  line(text: string, line: number): string | undefined;
};

const NO_FILE = 'The lab does not have this file: an import brings none for the page.';
const PORT_LINK = /\bhttps?:\/\/[a-z0-9.-]{1,253}:(\d{1,6})([/?#)\]\s"'>]|$)/gi;

/** For one text, its lines in order. Links to files are dropped: an import brings the files of nodes along, none for the page. */
export function createSafeText(tell: Tell): SafeText {
  let inComment = false;
  let before = '';

  function withoutComments(text: string, line: number): string {
    let rest = text;
    let kept = '';
    while (rest !== '') {
      if (inComment) {
        const end = rest.indexOf('-->');
        if (end < 0) return kept;
        inComment = false;
        rest = rest.slice(end + 3);
        continue;
      }
      const start = rest.indexOf('<!--');
      if (start < 0) return kept + rest;
      kept += rest.slice(0, start);
      rest = rest.slice(start + 4);
      inComment = true;
      tell('dropped', 'comment', line, 'A comment may mean something to a lab.');
    }
    return kept;
  }

  function withoutDeadLinks(text: string, line: number): string {
    return replaceLinks(text, ({ bang, words, address }) => {
      if (isThere(address)) return undefined;
      tell('dropped', `${bang === '' ? 'link' : 'image'} ${address}`, line, NO_FILE);
      return words;
    })
      .replace(/^\s{0,3}\[[^\]^\n][^\]\n]{0,200}\]:\s*<?([^\s<>]*)[\s\S]*$/, (whole, address) => {
        if (isThere(address)) return whole;
        tell('dropped', `link ${address}`, line, NO_FILE);
        return '';
      })
      .replace(/<(img|a|video|iframe)\b[^<>]{0,2000}>/gi, (whole, tag) => {
        const address = /\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/i.exec(whole)?.[1];
        if (/^(img|a)$/i.test(tag) && address !== undefined && isThere(address)) return whole;
        tell('dropped', whole, line, address === undefined ? 'A lab shows no such element.' : NO_FILE);
        return '';
      })
      .replace(PORT_LINK, (whole, port, end) => {
        if (Number(port) >= 1 && Number(port) <= 65_535) return whole;
        tell('changed', whole, line, 'There is no such port: its number is text.');
        return `port ${port}${end}`;
      });
  }

  return {
    line(text, line) {
      const wasComment = inComment;
      const bare = withoutDeadLinks(withoutComments(text, line), line);
      if (bare.trim() === '' && (wasComment || text.trim() !== '')) return undefined;
      const made = structureOf(bare, before);
      before = made;
      return made;
    },
  };
}

/** An address with a scheme, or one within the page. */
function isThere(address: string): boolean {
  return /^([a-z][a-z0-9+.-]*:|#)/i.test(address);
}

/** Headings go below those of the steps; rules cannot underline; boxes and fences in lists and quotes say nothing to us. */
function structureOf(text: string, before: string): string {
  const heading = /^( {0,3})(#{1,6})((?:[ \t].*)?)$/.exec(text);
  if (heading !== null)
    return `${'#'.repeat(Math.min(6, (heading[2] ?? '').length + 2))}${withoutId(heading[3] ?? '')}`;
  if (/^ {0,3}(=+|-+)[ \t]*$/.test(text)) return before.trim() === '' ? '***' : '';
  const quoted = /^((?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)/.exec(text);
  if (quoted !== null && /\S/.test(quoted[1] ?? '')) {
    const [, lead = '', mark = '', language = ''] = quoted;
    return `${lead}${mark}${/^(check|diff)$/i.test(language) ? 'text' : language}`;
  }
  return text.replace(/^((?:[ \t]|>)*(?:[-*+]|\d{1,9}[.)])[ \t]+)(\([ xX]\)|\[[ xX]\])([ \t])/, '$1\\$2$3');
}

/** A heading's words without the `{#id}` at their end. */
export function withoutId(title: string): string {
  return title
    .trimEnd()
    .replace(/\{#[^{}]*\}$/, '')
    .trimEnd();
}
