/** A helper process of a test that takes orders as JSON lines and answers each. */
import { spawn } from 'node:child_process';
import readline from 'node:readline';

/**
 * @param {string[]} argv
 * @returns {{pid: number, order: (order: string, rest?: object) => Promise<any>, stop: () => Promise<void>}}
 */
export function startChild(argv) {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  let last = 0;
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    const { number, result, error } = JSON.parse(line);
    if (error) waiting.get(number)?.reject(new Error(error));
    else waiting.get(number)?.resolve(result);
    waiting.delete(number);
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    order(order, rest = {}) {
      const number = ++last;
      child.stdin.write(`${JSON.stringify({ number, order, ...rest })}\n`);
      return new Promise((resolve, reject) => {
        waiting.set(number, { resolve, reject });
        void ended.then(() => reject(new Error(`${argv.at(-1)} has ended`)));
      });
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
