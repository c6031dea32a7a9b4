/** The name of the program that a command line starts, as a person would say it. */

/** Longer names are cut (characters): they are for a dialog's title. */
const MAX_NAME = 40;
/** Words that start another program. */
const STARTERS: ReadonlySet<string> = new Set(['sudo', 'exec', 'time', 'nohup', 'env', 'command', 'nice', 'watch']);

/** `FOO=1 sudo /usr/bin/sleep 60` is `sleep`; a line that names none is itself, cut. */
export function programName(command: string): string {
  const words = command.trim().split(/\s+/);
  const skips = (word: string) => /^\w+=/.test(word) || STARTERS.has(word) || word.startsWith('-');
  const word = words.find((candidate) => !skips(candidate)) ?? words[0] ?? '';
  return (word.split('/').findLast((part) => part !== '') ?? word).slice(0, MAX_NAME);
}
