/** A stack of its own for the tests of infra: started by the README's command, on free ports, in a directory that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf, REPO } from '../common/paths.mjs';
import { allPids, environmentOf, isAlive, parentOf, startTicks } from '../common/proc.mjs';
import { runCommand } from '../common/run-command.mjs';
import { freePorts } from '../supervisor/ports.mjs';
import { readState } from '../supervisor/state-file.mjs';
import { uncaughtErrorsIn } from './uncaught-errors.mjs';

/** Building is done before these tests; a start of what is built takes seconds, on a busy machine more (ms). */
export const START_MS = 100_000;

/** Settings of a stack that is not started yet, and its commands as npm runs them. */
export async function testStack() {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-stack-'));
  const [port] = await freePorts(1);
  /** @type {Record<string, string> & {DRYDOCK_STATE_DIR: string, DRYDOCK_PORT: string}} */
  const settings = {
    DRYDOCK_STATE_DIR: join(directory, 'state'),
    DRYDOCK_IMAGES_DIR: process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images',
    DRYDOCK_PORT: String(port),
    DRYDOCK_LIBRARY: 'core',
    DRYDOCK_EGRESS: 'none',
    DRYDOCK_POOL_SIZE: '0',
  };
  const layout = layoutOf(settings);

  /**
   * @param {string} name
   * @param {readonly string[]} [args]
   * @param {Record<string, string>} [extra] settings on top
   */
  const command = (name, args = [], extra = {}) => {
    const { NODE_ENV: _, ...environment } = process.env;
    return runCommand(process.execPath, [join(REPO, `infra/bootstrap/${name}.mjs`), ...args], {
      env: { .../** @type {Record<string, string>} */ (environment), ...settings, ...extra },
      timeoutMs: START_MS,
    });
  };
  /** @param {number} pid */
  const isMarked = (pid) => environmentOf(pid, 'DRYDOCK_INSTANCE') === layout.instance;
  return {
    directory,
    settings,
    layout,
    command,
    /** What `npm run status -- --json` says. */
    status: async () => JSON.parse((await command('status', ['--json'])).stdout),
    /** Every process that lives of this stack: by a mark in its environment, and by descent, since Redis writes over its own. */
    processes: () => {
      const state = readState(layout.stateFile);
      const known = state === undefined ? [] : [state, ...state.processes];
      const all = allPids().map((pid) => ({ pid, parent: parentOf(pid) }));
      const own = new Set(all.map(({ pid }) => pid).filter(isMarked));
      for (const { pid, ticks } of known) if (pid !== null && isAlive(pid, ticks ?? undefined)) own.add(pid);
      for (let before = 0; before < own.size; ) {
        before = own.size;
        for (const each of all) if (each.parent !== undefined && own.has(each.parent)) own.add(each.pid);
      }
      return [...own].filter((each) => startTicks(each) !== undefined);
    },
    /**
     * Removes all that is left of it.
     * @param {number} [expected] how many uncaught errors its processes should have logged
     * @throws when its processes logged another number of them
     */
    remove: (expected = 0) => {
      const seen = uncaughtErrorsIn(layout.logs);
      rmSync(directory, { recursive: true });
      if (seen.length !== expected) throw new Error(`${seen.length} uncaught errors: ${seen[0] ?? ''}`);
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof testStack>>} TestStack */
