/** Programs that run beside each other until one ends or all are asked to: started, heard and ended together. */
import { spawn } from 'node:child_process';
import { logLines } from './log-lines.mjs';

/** A program that has not ended this long after it was asked is killed (ms). */
const END_MS = 8000;

/** What a program gets of our own environment: no settings of a stack that runs beside. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TERM', 'USER'];

/**
 * @param {import('./programs.mjs').Program[]} programs
 * @param {(name: string) => void} onEnd a program has ended that should not
 * @returns {{stop: () => Promise<void>}}
 */
export function startChildren(programs, onEnd) {
  let stopping = false;
  const own = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const children = programs.map(({ name, file, args, cwd, env, endBy = 'SIGTERM' }) => {
    // A group of its own: Ctrl-C is ours to pass on, in order.
    const child = spawn(file, args, {
      cwd,
      env: /** @type {NodeJS.ProcessEnv} */ ({ ...own, ...env }),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    logLines(name, child.stdout);
    logLines(name, child.stderr);
    const ended = new Promise((resolve) => {
      child.once('error', resolve);
      child.once('exit', resolve);
    });
    void ended.then(() => {
      if (!stopping) onEnd(name);
    });
    return { child, endBy, ended };
  });
  /** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
  const signalGroup = ({ pid }, signal) => {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // All of it has ended.
    }
  };

  return {
    async stop() {
      stopping = true;
      // The agent before those that it speaks with.
      for (const { child, endBy, ended } of children.toReversed()) {
        if (child.exitCode === null && child.signalCode === null) child.kill(endBy);
        const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), END_MS);
        await ended;
        clearTimeout(timer);
        signalGroup(child, 'SIGKILL');
      }
    },
  };
}
