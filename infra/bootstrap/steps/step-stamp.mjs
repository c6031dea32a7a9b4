/** Remembers for which inputs a step last succeeded, so that it is skipped until they change. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfThere, writeAtomic } from '../../common/files.mjs';

/**
 * @param {string} directory where the stamps lie: beside what the steps produce, so that both live and die together
 * @param {string} name the step
 */
export function createStamp(directory, name) {
  const path = join(directory, `${name}.json`);
  return {
    /**
     * Whether the step's last success was for `hash` and all its outputs are still there.
     * @param {string} hash
     * @param {readonly string[]} outputs absolute paths
     */
    matches(hash, outputs) {
      return readJsonIfThere(path)?.hash === hash && outputs.every((output) => existsSync(output));
    },
    /** Forgets the last success: called before a step starts, so that an interrupted one is never taken for done. */
    clear() {
      rmSync(path, { force: true });
    },
    /**
     * @param {string} hash
     * @param {number} durationMs
     */
    set(hash, durationMs) {
      mkdirSync(directory, { recursive: true });
      writeAtomic(path, `${JSON.stringify({ hash, durationMs, finishedAt: new Date().toISOString() })}\n`);
    },
  };
}
