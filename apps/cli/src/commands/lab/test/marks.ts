/** The shell's marks (OSC 133) in a terminal's output, and the output of a command without sequences. */

/** A: a prompt begins; B: it ended, the shell waits; C: a command runs; D: it ended with `exit`. */
export type Mark = { letter: string; exit: number };

// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const MARK = /\u001b\]133;([ABCD])(?:;(\d+))?\u0007/g;
/** What could be the beginning of a mark, at the end of a piece. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const BEGINNING = /\u001b(\][^\u0007\u001b]{0,40})?$/;
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
  /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-Z0-9]|\u001b[=>]/g;

/** Reads output in pieces; a mark that came in two is read with the second. */
export function createMarkReader(): (piece: string) => { whole: string; marks: Mark[] } {
  let rest = '';
  return (piece) => {
    const all = rest + piece;
    const cut = BEGINNING.exec(all)?.index ?? all.length;
    rest = all.slice(cut);
    const whole = all.slice(0, cut);
    return {
      whole,
      marks: [...whole.matchAll(MARK)].map(([, letter = '', exit]) => ({ letter, exit: Number(exit ?? 0) })),
    };
  };
}

/** What a command wrote between its start and its end, without the terminal's sequences. */
export function plainOutput(raw: string): string {
  const start = raw.lastIndexOf('\u001b]133;C\u0007');
  const end = raw.indexOf('\u001b]133;D', Math.max(start, 0));
  return raw
    .slice(Math.max(start, 0), end < 0 ? undefined : end)
    .replace(SEQUENCE, '')
    .replaceAll('\r\n', '\n');
}
