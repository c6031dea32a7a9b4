/** The scanner: where a shell text may be cut between complete commands. It knows what tutorials use, and says when it is lost. */

/** Constructs that are open; each has its own end. */
type Frame = '(' | '$(' | '{' | 'if' | 'loop' | 'case' | '[[' | '"' | '`' | '${' | '((' | 'inner(';

/** Deeper nesting is not understood. */
const MAX_DEPTH = 100;
/** Heredocs that one line may begin. */
const MAX_HEREDOCS = 8;

const OPENS: Record<string, Frame> = {
  if: 'if',
  for: 'loop',
  select: 'loop',
  while: 'loop',
  until: 'loop',
  case: 'case',
  '{': '{',
  '[[': '[[',
};
const CLOSES: Record<string, Frame> = { fi: 'if', done: 'loop', esac: 'case', '}': '{' };
/** Words after which a command still begins. */
const GO_ON = new Set(['then', 'else', 'elif', 'do', '!', 'time', 'if', 'while', 'until', '{']);

export function createShellScan(text: string) {
  const stack: Frame[] = [];
  const heredocs: { word: string; tabs: boolean }[] = [];
  let at = 0;
  let startsCommand = true;
  /** After `|`, `&&`, `||`: the next line belongs to this command. */
  let goesOn = false;
  let lost = false;
  let lastWord = '';

  const top = () => stack.at(-1);
  function push(frame: Frame, letters: number): void {
    stack.push(frame);
    if (stack.length > MAX_DEPTH) lost = true;
    at += letters;
  }
  function pop(frame: Frame, letters: number): void {
    if (top() === frame) stack.pop();
    else lost = true;
    at += letters;
  }

  /** The offsets after which a command is complete; undefined when the text is not understood or unfinished. */
  function cuts(): number[] | undefined {
    const found: number[] = [];
    while (at < text.length && !lost) {
      const frame = top();
      const before = at;
      if (frame === '"' || frame === '${') quoted(frame);
      else if (frame === '((' || frame === 'inner(') arithmetic();
      else if (text[at] === '\n') {
        at += 1;
        startsCommand = true;
        lastWord = '';
        readHeredocs();
        if (stack.length === 0 && !goesOn) found.push(at);
      } else command();
      // Each turn reads a letter; one that does not would never end.
      if (at === before) lost = true;
    }
    return lost || stack.length > 0 || goesOn || heredocs.length > 0 ? undefined : found;
  }

  /** Within double quotes or `${…}`. */
  function quoted(frame: '"' | '${'): void {
    const letter = text[at];
    if (letter === '\\') at += 2;
    else if (letter === '"') {
      if (frame === '"') pop('"', 1);
      else push('"', 1);
    } else if (letter === '}' && frame === '${') pop('${', 1);
    else if (letter === "'" && frame === '${' && !stack.includes('"')) singleQuoted();
    else if (!substitution()) at += 1;
  }

  /** `$(`, `$((`, `${` and backquotes, wherever they may stand. */
  function substitution(): boolean {
    if (text.startsWith('$((', at)) push('((', 3);
    else if (text.startsWith('$(', at)) {
      push('$(', 2);
      startsCommand = true;
    } else if (text.startsWith('${', at)) push('${', 2);
    else if (text[at] === '`') {
      // A backquote within one ends it, unless it is escaped.
      if (stack.includes('`')) pop('`', 1);
      else push('`', 1);
      startsCommand = stack.includes('`');
    } else return false;
    return true;
  }

  function arithmetic(): void {
    if (text[at] === '(') push('inner(', 1);
    else if (text[at] === ')') {
      if (top() === 'inner(') pop('inner(', 1);
      else if (text[at + 1] === ')') pop('((', 2);
      else lost = true;
    } else if (text[at] === '"') push('"', 1);
    else if (!substitution()) at += 1;
  }

  function singleQuoted(): void {
    const end = text.indexOf("'", at + 1);
    if (end < 0) lost = true;
    at = end + 1;
    word();
  }

  /** `$'…'`, in which a quote may be escaped. */
  function escapedQuoted(): void {
    at += 2;
    while (at < text.length && text[at] !== "'") at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) lost = true;
    at += 1;
    word();
  }

  function word(): void {
    startsCommand = false;
    goesOn = false;
  }

  function command(): void {
    const letter = text[at] ?? '';
    if (letter === '\\') {
      if (text[at + 1] !== '\n') word();
      else if (at + 2 >= text.length) lost = true;
      if (at + 1 >= text.length) lost = true;
      at += 2;
    } else if (letter === ' ' || letter === '\t') at += 1;
    else if (letter === '#' && isWordStart()) at = endOfLine(at);
    else if (letter === "'") singleQuoted();
    else if (text.startsWith("$'", at)) escapedQuoted();
    else if (letter === '"') {
      word();
      push('"', 1);
    } else if (letter === '$' || letter === '`') {
      const started = startsCommand;
      word();
      if (!substitution()) {
        at += 1;
        startsCommand = started && false;
      }
    } else if (letter === '(' || letter === ')') parenthesis(letter);
    else if (letter === '<' || letter === '>') redirection();
    else if (letter === ';' || letter === '&' || letter === '|') operator(letter);
    else plainWord();
  }

  function isWordStart(): boolean {
    return at === 0 || /[\s;&|()]/.test(text[at - 1] ?? '');
  }

  function parenthesis(letter: '(' | ')'): void {
    if (letter === '(') {
      if (startsCommand && text[at + 1] === '(' && top() !== 'case') {
        push('((', 2);
        return;
      }
      // The optional one before a pattern of `case`.
      if (top() === 'case' && (startsCommand || lastWord === 'in')) at += 1;
      else push('(', 1);
      startsCommand = true;
      goesOn = false;
      return;
    }
    // A substitution is a part of a word: whatever follows is no command.
    if (top() === '$(') {
      pop('$(', 1);
      word();
      return;
    }
    if (top() === 'case') at += 1;
    else pop('(', 1);
    // After the `)` of a pattern or of `name()` a command begins; after that of a subshell a word of the language may stand.
    startsCommand = top() !== '"';
  }

  function redirection(): void {
    if (text.startsWith('<<<', at)) at += 3;
    else if (text.startsWith('<<', at) && top() !== '[[') heredoc();
    else if (text[at + 1] === '&' || text[at + 1] === '>' || text[at + 1] === '|') at += 2;
    else if (text[at + 1] === '(') {
      at += 1;
      push('$(', 1);
      startsCommand = true;
    } else at += 1;
  }

  function heredoc(): void {
    const match = /^<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([^\s;&|<>()'"`$\\]+))/.exec(text.slice(at, at + 300));
    if (match === null || heredocs.length >= MAX_HEREDOCS) {
      lost = true;
      return;
    }
    heredocs.push({ word: match[2] ?? match[3] ?? match[4] ?? '', tabs: match[1] === '-' });
    at += match[0].length;
    goesOn = false;
  }

  function readHeredocs(): void {
    for (const { word: delimiter, tabs } of heredocs.splice(0)) {
      for (;;) {
        if (at >= text.length) {
          lost = true;
          return;
        }
        const end = endOfLine(at);
        const line = text.slice(at, end);
        at = Math.min(end + 1, text.length);
        if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) break;
      }
    }
  }

  function operator(letter: ';' | '&' | '|'): void {
    const two = text.slice(at, at + 2);
    if (two === '&>') {
      at += 2;
      return;
    }
    const joins = two === '&&' || two === '||' || letter === '|';
    if (joins && startsCommand && top() !== 'case' && !isAfterSubshell()) lost = true;
    at += two === '&&' || two === '||' || two === ';;' || two === '|&' || two === ';&' ? 2 : 1;
    startsCommand = true;
    goesOn = joins;
    lastWord = '';
  }

  /** `(cd /tmp && ls) | wc`: the subshell is the command before the operator. */
  function isAfterSubshell(): boolean {
    return /\)[ \t]{0,50}$/.test(text.slice(Math.max(0, at - 51), at));
  }

  function plainWord(): void {
    const from = at;
    while (at < text.length && !/[ \t\n;&|()<>"'`$\\]/.test(text[at] ?? '')) at += 1;
    const found = text.slice(from, at);
    const isWhole = isBefore(from) && (at >= text.length || /[ \t\n;&|()<>]/.test(text[at] ?? ''));
    const begins = startsCommand;
    word();
    lastWord = found;
    if (!isWhole) return;
    if (found === ']]' && top() === '[[') pop('[[', 0);
    if (!begins || isPatternOfCase()) return;
    const opens = OPENS[found];
    const closes = CLOSES[found];
    if (opens !== undefined) push(opens, 0);
    else if (closes !== undefined) pop(closes, 0);
    startsCommand = GO_ON.has(found);
  }

  function isBefore(from: number): boolean {
    return from === 0 || /[\s;&|()`]/.test(text[from - 1] ?? '');
  }

  /** `if)` and `a|b)` within `case` are patterns, not words of the language. */
  function isPatternOfCase(): boolean {
    if (top() !== 'case') return false;
    let next = at;
    while (text[next] === ' ') next += 1;
    return text[next] === ')' || (text[next] === '|' && text[next + 1] !== '|');
  }

  function endOfLine(from: number): number {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  }

  return { cuts };
}
