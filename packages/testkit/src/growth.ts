/** Whether a function of hostile text takes time in proportion to its length: it compares two lengths, never a time with a promise. */

/** What hostile texts repeat: each byte class once, and the beginnings of what our parsers look for. */
export const RUNS: readonly string[] = [
  ...[' ', '\t', '\n', '\r\n', '\0', 'a', '0', '_', '-', '=', ';', ',', ':', '.', '/', '\\', '"', "'", '`', '*', '~'],
  ...[
    '<',
    '>',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '&',
    '#',
    '%',
    '$',
    '!',
    '?',
    '@',
    '^',
    '|',
    '+',
    '\u00a0',
    '\u0130',
    '🐳',
  ],
  ...['a ', ' a', '; ', ', ', '=a;', 'a=', '<!--', '-->', '</', '<title', '<title>', '](', '![', '[a](', '**a', '~~a'],
  ...[
    '/*',
    '*/',
    '//',
    '../',
    '&#x',
    '&amp',
    '%0',
    '$(',
    '${',
    '{{',
    ':::',
    '```',
    '---\n',
    '- ',
    '> ',
    '\n\n',
    '| ',
    'é',
  ],
];

/** Lengths that are compared (characters): the longer is four times the shorter, and as long as headers, titles and texts of labs may be. */
const LONGEST = 32 * 1024;
/** How many times shorter the other one is. */
const SHORTER = 4;
/** Of linear work the long text takes four times as long, of quadratic work sixteen times: what lies between them. */
const MOST = 8;
/** Below it a time is noise (ms): whatever takes less for the short text counts as this much. */
const FLOOR_MS = 2;
/** Times that are taken before a text is called slow: a busy machine makes single ones longer, never shorter. */
const TRIES = 16;
/**
 * Of times as long as this (ms) two are enough. Shorter ones the collector's threads and the neighbours in the processor's cache can
 * make: beside all other suites, two tries of a linear text of 30 ms were called slow.
 */
const LONG_MS = 500;

interface Timed {
  run(text: string): unknown;
  longest: number;
  times: number;
}

/** Processor time of this process (ms): what runs beside it does not make it longer. */
function timeOf({ run, times }: Timed, text: string): number {
  const start = process.cpuUsage();
  for (let done = 0; done < times; done += 1) run(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Whether `run` takes out of proportion longer for `prefix`, very many `token` and `suffix` than for a quarter of them. */
function isSlow(timed: Timed, token: string, [prefix, suffix]: readonly [string, string]): boolean {
  const of = (length: number) => `${prefix}${token.repeat(Math.ceil(length / token.length))}${suffix}`;
  const [short, long] = [of(timed.longest / SHORTER), of(timed.longest)];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    most = Math.min(most, timeOf(timed, long));
    if (most <= MOST * FLOOR_MS) return false;
    least = Math.min(least, timeOf(timed, short));
    if (most <= MOST * Math.max(least, FLOOR_MS)) return false;
    if (most > LONG_MS && attempt > 0) return true;
  }
  return true;
}

/**
 * The tokens of whose runs `run` takes more than linear time, each as JSON with what stood around it; none where it is linear.
 * `around` are pairs of what stands before and after the run: where the code under test first has to find something. `longest` is the length
 * of the run (characters), where a bound of the code under test lies below 32 Ki; short runs are taken several `times` in a row.
 */
export function slowRuns(
  run: (text: string) => unknown,
  {
    tokens = RUNS,
    around = [['', '']],
    longest = LONGEST,
    times = 1,
  }: {
    tokens?: readonly string[];
    around?: readonly (readonly [string, string])[];
    longest?: number;
    times?: number;
  } = {},
): string[] {
  const timed = { run, longest, times };
  return around.flatMap((ends) =>
    tokens.flatMap((token) => (isSlow(timed, token, ends) ? [JSON.stringify([ends[0], token, ends[1]])] : [])),
  );
}
