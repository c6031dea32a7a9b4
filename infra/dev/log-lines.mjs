/** What the programs of `npm run dev` say, a line each, with the name of who says it. */
import { createInterface } from 'node:readline';

const LEVELS = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'ERROR'],
  [60, 'FATAL'],
]);
/** Fields of every line of our logs that say nothing new here. */
const COMMON = ['level', 'time', 'pid', 'hostname', 'name', 'msg'];

/**
 * @param {string} text a line of a daemon's log, or of any other program
 * @returns {string}
 */
export function readable(text) {
  let line;
  try {
    line = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof line !== 'object' || line === null || typeof line.msg !== 'string') return text;
  const fields = Object.entries(line).filter(([name]) => !COMMON.includes(name));
  const said = fields.map(
    ([name, value]) => ` ${name}=${name === 'err' ? (value?.stack ?? JSON.stringify(value)) : JSON.stringify(value)}`,
  );
  return `${LEVELS.get(line.level) ?? line.level} ${line.msg}${said.join('')}`;
}

/**
 * @param {string} name
 * @param {NodeJS.ReadableStream} stream
 */
export function logLines(name, stream) {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') process.stdout.write(`${name.padEnd(9)} | ${readable(line)}\n`);
  });
}
