/** The words in `{{…}}` after code: what a click does in Katacoda and Killercoda. */
import { nearestName } from '../../findings/nearest.ts';

export type Action = {
  verb: 'run' | 'copy' | 'open' | 'none';
  host?: 1 | 2;
  terminal?: number;
  interrupt: boolean;
  typeOnly: boolean;
  keys: boolean;
  /** Words that were taken for others: `exeute` for `execute`. */
  typos: string[];
};

const VERBS = { execute: 'run', exec: 'run', copy: 'copy', open: 'open' } as const;
const WORDS = [...Object.keys(VERBS), 'interrupt', 'no-newline', 'ctrl-seq'];
/** Longer texts in braces are templates of other programs. */
const MAX_ACTION = 60;

/** Reads the words; undefined where one is unknown: the text is then no action, but the author's own. */
export function readAction(text: string): Action | undefined {
  if (text.length > MAX_ACTION) return undefined;
  const action: Action = { verb: 'none', interrupt: false, typeOnly: false, keys: false, typos: [] };
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  for (const written of words) {
    const word = written.toLowerCase();
    const terminal = /^t([1-9])$/.exec(word);
    const host = /^host([12])$/.exec(word);
    if (terminal !== null) action.terminal = Number(terminal[1]);
    else if (host !== null) action.host = host[1] === '2' ? 2 : 1;
    else if (!/^test-[\w-]+$/.test(word)) {
      const known = WORDS.includes(word) ? word : word.length > 3 ? nearestName(word, WORDS, 1) : undefined;
      if (known === undefined) return undefined;
      if (known !== written) action.typos.push(written);
      take(known, action);
    }
  }
  if (words.length > 0 && action.verb === 'none') action.verb = 'run';
  return action;
}

function take(word: string, action: Action): void {
  switch (word) {
    case 'execute':
    case 'exec':
    case 'copy':
    case 'open':
      action.verb = VERBS[word];
      return;
    case 'interrupt':
      action.interrupt = true;
      return;
    case 'no-newline':
      action.typeOnly = true;
      return;
    default:
      action.keys = true;
  }
}

/** `^C`, `^ESC`, `Ctrl+C` as the name of a key of ours. */
export function keyName(text: string): string | undefined {
  const written = text.trim().toLowerCase();
  if (/^\^?(esc|enter|tab|space)$/.test(written)) return written.replace('^', '');
  const letter = /^(?:\^|ctrl[+-])([a-z\\\]])$/.exec(written)?.[1];
  return letter === undefined ? undefined : `ctrl-${letter}`;
}
