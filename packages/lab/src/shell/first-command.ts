/** What a segment's command does with what is typed after it: some programs read it, and the rest of the block is gone. */

export type TakesInput =
  /** It reads lines until its input ends: `cat > file`, `tee`, `wc`. */
  | { kind: 'stdin'; program: string }
  /** It has a prompt of its own: `docker run -it`, `ssh`, `mysql`, `python3`. */
  | { kind: 'prompt'; program: string };

const PREFIXES = new Set(['sudo', 'time', 'exec', 'nohup', 'command', 'winpty']);
/** Filters: without a file they read their input. */
const FILTERS = new Set([
  'cat',
  'tee',
  'wc',
  'sort',
  'uniq',
  'head',
  'tail',
  'tac',
  'rev',
  'nl',
  'base64',
  'sha256sum',
  'md5sum',
]);
const ALWAYS = new Set(['read', 'passwd', 'tee']);
/** Programs with a prompt when they are given nothing to run. */
const SHELLS = new Set([
  'sh',
  'bash',
  'zsh',
  'ash',
  'dash',
  'python',
  'python3',
  'node',
  'irb',
  'ruby',
  'bc',
  'sqlite3',
  'su',
]);
const CLIENTS = new Set([
  'mysql',
  'mariadb',
  'psql',
  'redis-cli',
  'mongosh',
  'mongo',
  'ssh',
  'telnet',
  'ftp',
  'vi',
  'vim',
  'nano',
  'less',
  'top',
  'htop',
  'man',
]);
const RUN_AND_END = /^(-c|-e|--eval|--execute|--command|-p|--version|-V|--help|-h)$/;

/** Whether a complete command takes what is typed after it; undefined when it does not, or is no simple command. */
export function takesInput(segment: string): TakesInput | undefined {
  const words = simpleWords(segment);
  if (words === undefined) return undefined;
  while (words[0] !== undefined && (PREFIXES.has(words[0]) || /^[A-Za-z_]\w*=/.test(words[0]))) words.shift();
  const [path = '', ...args] = words;
  const program = path.slice(path.lastIndexOf('/') + 1);
  const plain = args.filter((argument) => !argument.startsWith('-'));
  if (program === 'docker') return dockerTakesInput(args);
  if (ALWAYS.has(program) || (FILTERS.has(program) && plain.length === 0)) return { kind: 'stdin', program };
  if (SHELLS.has(program) && plain.length === 0 && !args.some((one) => RUN_AND_END.test(one)))
    return { kind: 'prompt', program };
  if (program === 'ssh') return plain.length === 1 ? { kind: 'prompt', program } : undefined;
  if (CLIENTS.has(program) && !args.some((one) => RUN_AND_END.test(one.split('=', 1)[0] ?? '')))
    return { kind: 'prompt', program };
  return undefined;
}

function dockerTakesInput(args: readonly string[]): TakesInput | undefined {
  const [verb = ''] = args.filter((one) => !one.startsWith('-') && one !== 'container' && one !== 'compose');
  const has = (short: string, long: string) =>
    args.some((one) => one === long || one === `${long}=true` || (/^-[a-z]+$/i.test(one) && one.includes(short)));
  if (verb === 'login')
    return args.includes('--password-stdin') || has('p', '--password')
      ? undefined
      : { kind: 'stdin', program: 'docker login' };
  if (verb === 'attach') return { kind: 'prompt', program: 'docker attach' };
  if ((verb === 'run' || verb === 'exec' || verb === 'start') && has('i', '--interactive') && !has('d', '--detach')) {
    return { kind: 'prompt', program: `docker ${verb}` };
  }
  return undefined;
}

/** The words of one simple command; undefined where input comes from elsewhere or several commands stand together. */
function simpleWords(segment: string): string[] | undefined {
  const lines = segment.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const command = lines.join('\n').replace(/\\\n/g, ' ').trim();
  if (/<|\||;|&&|&\s*$|\n|\$\(|`/.test(command.replace(/'[^']*'|"[^"]*"/g, 'q'))) return undefined;
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const kept: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (/^\d?>>?$/.test(word)) index += 1;
    else if (!/^\d?>/.test(word)) kept.push(word.replace(/^"(.*)"$|^'(.*)'$/, '$1$2'));
  }
  return kept;
}
