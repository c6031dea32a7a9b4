/** Errors that nothing caught, as the logs of a stack tell them: a test run that saw one has found a mistake, whatever its tests say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The message of the log line (service-kit uncaught-errors.ts). */
const MARK = '"msg":"uncaught error"';

/**
 * Each line of the logs in `directory` that tells of one; none where there are no logs.
 * @param {string} directory
 */
export function uncaughtErrorsIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), 'utf8')
      .split('\n')
      .filter((line) => line.includes(MARK))
      .map((line) => `${name}: ${line}`),
  );
}
