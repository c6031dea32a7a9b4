/** The info string of a fence: a language, then words and `key=value`. */

export type FenceInfo = { lang: string; words: string[]; values: Map<string, string> };

/** `sh node2 once confirm="Really?"`; Pandoc's braces around it and Docusaurus' `{1,3}` are passed over. */
export function parseFenceInfo(info: string): FenceInfo {
  const words: string[] = [];
  const values = new Map<string, string>();
  const [lang = ''] = /^[^\s{]*/.exec(info) ?? [''];
  const rest = info
    .slice(lang.length)
    .slice(0, MAX_INFO)
    .replace(/\{[\d,\s-]*\}/g, ' ')
    .replace(/[{}]/g, ' ');
  for (const match of rest.matchAll(/([A-Za-z][\w-]*)=(?:"([^"]*)"|'([^']*)'|(\S*))|(\S+)/g)) {
    const [, key, double, single, bare, word] = match;
    if (word !== undefined) words.push(word);
    else if (key !== undefined) values.set(key, double ?? single ?? bare ?? '');
  }
  return { lang: lang.toLowerCase(), words, values };
}

const MAX_INFO = 4_096;

/** Languages whose blocks are typed into a shell. */
export const SHELL_LANGUAGES: ReadonlySet<string> = new Set(['sh', 'bash', 'shell', 'zsh']);
