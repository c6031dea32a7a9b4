/** A process's log file with a bound: when it is full it becomes `.1`, and the `.1` before it goes. */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Bytes of one file; there are two of each log at most. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Last lines kept in memory, for the message when a process does not come up. */
const KEPT_LINES = 15;

/**
 * @param {string} path
 * @param {number} [mostBytes]
 */
export function openLog(path, mostBytes = MOST_BYTES) {
  let file = openSync(path, 'a', 0o640);
  let size = fstatSync(file).size;
  let closed = false;
  /** @type {string[]} */
  let kept = [];
  return {
    path,
    /** @param {string} text */
    write(text) {
      // A late word of a process's offspring must not go to whatever has the descriptor's number by then.
      if (closed) return;
      kept = [...kept, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-KEPT_LINES);
      try {
        size += writeSync(file, text);
      } catch {
        // A full disk must not take the supervisor down; the log has a hole then.
        return;
      }
      if (size < mostBytes) return;
      closeSync(file);
      renameSync(path, `${path}.1`);
      file = openSync(path, 'a', 0o640);
      size = 0;
    },
    lastLines: () => kept.join('\n'),
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

/** @typedef {ReturnType<typeof openLog>} LogFile */
