/** One supervised process: started, probed until it is ready, started again when it dies, stopped within a bound. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../common/problem.mjs';
import { childrenOf, isAlive, signalGroup, startTicks } from '../common/proc.mjs';
import { createBackoff } from './backoff.mjs';
import { becomesStuck } from './liveness.mjs';

/** How often readiness is asked (ms). */
const PROBE_MS = 50;
/** A process that dies so often before it was ever ready will not come by itself. */
const MOST_EARLY_DEATHS = 3;

/**
 * @typedef {object} ChildSpec
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 * @property {Record<string, string>} env the whole environment
 * @property {string} [cwd]
 * @property {() => Promise<boolean>} isReady asked again and again; must answer within seconds
 * @property {number} readyMs bound of the first start
 * @property {NodeJS.Signals} stopSignal
 * @property {number} stopMs how long it may take to stop before it is killed
 * @property {import('./liveness.mjs').Liveness} [liveness] asked once it is ready; a stuck process is killed and started again
 * @property {boolean} [tellsPid] `command` is bubblewrap, which writes to descriptor 3 what it started (see jail.mjs)
 * @property {boolean} [offspringOutlives] what it started outlives it by design (nodes of the agent)
 */

/**
 * What is known of a process at the moment.
 * @typedef {object} ChildView
 * @property {string} name
 * @property {number | null} pid null while it does not run
 * @property {number | null} ticks start time by the kernel's count, to tell it from a later process of the same pid
 * @property {string | null} since start time, ISO 8601
 * @property {number} restarts
 * @property {number} stuck how often it was killed because it did not answer any more
 * @property {'stopped' | 'starting' | 'ready' | 'waiting' | 'stopping'} state
 */

/**
 * @param {ChildSpec} spec
 * @param {{log: import('./log-file.mjs').LogFile, say: (line: string) => void, changed: () => void}} deps
 *   `say` gets one line for the operator, `changed` is called whenever the view is another
 */
export function createChild(spec, { log, say, changed }) {
  /** @type {ChildView} */
  let view = { name: spec.name, pid: null, ticks: null, since: null, restarts: 0, stuck: 0, state: 'stopped' };
  const backoff = createBackoff();
  const stopping = new AbortController();
  /** @type {Promise<void>} settles when the process is gone for good */
  let life = Promise.resolve();
  /** @type {import('node:child_process').ChildProcess | undefined} what was spawned */
  let process;

  /** @param {Partial<ChildView>} change */
  const update = (change) => {
    view = { ...view, ...change };
    changed();
  };

  /** @param {NodeJS.Signals} signal */
  const signalService = (signal) => {
    // Until the service's id is known it is that of bubblewrap, whose end is the service's.
    if (view.pid !== null && isAlive(view.pid, view.ticks ?? undefined)) globalThis.process.kill(view.pid, signal);
  };

  /** One life: resolves with how it ended. @param {() => void} onReady */
  const live = (onReady) =>
    new Promise((/** @type {(ended: string) => void} */ resolve) => {
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd ?? '/',
        env: spec.env,
        // A group of its own: Ctrl-C on the terminal reaches it only through us, in our order.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', ...(spec.tellsPid === true ? /** @type {const} */ (['pipe']) : [])],
      });
      process = child;
      const ended = new AbortController();
      child.stdout?.setEncoding('utf8').on('data', (text) => log.write(text));
      child.stderr?.setEncoding('utf8').on('data', (text) => log.write(text));
      const status = child.stdio[3];
      if (status instanceof Readable) {
        void servicePid(status, ended.signal).then((pid) => {
          if (pid !== undefined && !ended.signal.aborted) update({ pid, ticks: startTicks(pid) ?? null });
        });
      }
      child.once('error', (error) => {
        log.write(`${error.message}\n`);
        ended.abort();
        resolve(error.message);
      });
      child.once('exit', (code, signal) => {
        ended.abort();
        if (child.pid !== undefined && spec.offspringOutlives !== true) signalGroup(child.pid, 'SIGKILL');
        resolve(signal === null ? `exit code ${code}` : signal);
      });
      if (child.pid === undefined) return;
      protectFromOomKiller(child.pid);
      update({
        pid: child.pid,
        ticks: startTicks(child.pid) ?? null,
        since: new Date().toISOString(),
        state: stopping.signal.aborted ? 'stopping' : 'starting',
      });
      void probe(spec, ended.signal).then((ready) => {
        if (!ready || stopping.signal.aborted) return;
        update({ state: 'ready' });
        onReady();
        if (spec.liveness !== undefined) void killWhenStuck(child, spec.liveness, ended.signal);
      });
    });

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {import('./liveness.mjs').Liveness} liveness
   * @param {AbortSignal} ended
   */
  const killWhenStuck = async (child, liveness, ended) => {
    if (!(await becomesStuck(liveness, ended)) || stopping.signal.aborted) return;
    say(`${spec.name} has not answered ${liveness.misses} questions in a row and is killed`);
    update({ stuck: view.stuck + 1 });
    child.kill('SIGKILL');
  };

  /** @param {() => void} onReady @param {(problem: Problem) => void} onFailure */
  const liveOn = async (onReady, onFailure) => {
    let everReady = false;
    let earlyDeaths = 0;
    while (!stopping.signal.aborted) {
      const bornAt = performance.now();
      const ended = await live(() => {
        everReady = true;
        onReady();
      });
      process = undefined;
      update({ pid: null, ticks: null, since: null, state: 'waiting' });
      if (stopping.signal.aborted) break;
      earlyDeaths += 1;
      if (!everReady && earlyDeaths >= MOST_EARLY_DEATHS) {
        onFailure(notUp(spec, log, `it ended ${earlyDeaths} times (${ended})`));
        break;
      }
      const pause = backoff.next(performance.now() - bornAt);
      say(`${spec.name} ended (${ended}); it is started again in ${pause} ms`);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) update({ restarts: view.restarts + 1 });
    }
    update({ state: 'stopped' });
  };

  return {
    spec,
    view: () => view,
    /**
     * Starts it and keeps it running; resolves at its first readiness.
     * @returns {Promise<void>}
     * @throws {Problem} CHILD_FAILED with the last lines of its log
     */
    start() {
      return new Promise((resolve, reject) => {
        const limit = setTimeout(
          () => reject(notUp(spec, log, `it was not ready within ${spec.readyMs / 1000} s`)),
          spec.readyMs,
        );
        stopping.signal.addEventListener('abort', () => reject(notUp(spec, log, 'it was stopped')), { once: true });
        life = liveOn(resolve, reject).finally(() => clearTimeout(limit));
      });
    },
    /** Asks it to stop, kills it after its bound; resolves when it is gone. May be called twice. */
    async stop() {
      if (!stopping.signal.aborted) {
        stopping.abort();
        signalService(spec.stopSignal);
        if (view.pid !== null) update({ state: 'stopping' });
      }
      const kill = setTimeout(() => {
        say(`${spec.name} did not stop within ${spec.stopMs / 1000} s and is killed`);
        if (process?.pid !== undefined) signalGroup(process.pid, 'SIGKILL');
      }, spec.stopMs);
      await life;
      clearTimeout(kill);
    },
  };
}

/** @typedef {ReturnType<typeof createChild>} Child */

/** Of a service, where a node's processes have 0 (dd-enter and runc set that): the kernel ends a node's before one of these. */
export const SERVICE_OOM_SCORE = -900;

/** A host that is itself confined may not lower it (no CAP_SYS_RESOURCE); its services then stand as its nodes do. @param {number} pid */
function protectFromOomKiller(pid) {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(SERVICE_OOM_SCORE));
  } catch {
    // See above; or it has ended already.
  }
}

/**
 * Asks until it is ready or has ended.
 * @param {ChildSpec} spec
 * @param {AbortSignal} ended
 */
async function probe(spec, ended) {
  while (!ended.aborted) {
    if (await spec.isReady().catch(() => false)) return !ended.aborted;
    await sleep(PROBE_MS);
  }
  return false;
}

/**
 * The service that bubblewrap runs: the child of the process 1 whose id it says in a line of JSON (`--json-status-fd`).
 * @param {Readable} status
 * @param {AbortSignal} ended
 * @returns {Promise<number | undefined>} undefined when it ended before
 */
async function servicePid(status, ended) {
  for await (const line of createInterface({ input: status })) {
    const first = JSON.parse(line)['child-pid'];
    while (typeof first === 'number' && !ended.aborted) {
      // Its view is still being made until the service is there.
      const [pid] = childrenOf(first);
      if (pid !== undefined) return pid;
      await sleep(PROBE_MS);
    }
  }
  return undefined;
}

/**
 * @param {ChildSpec} spec
 * @param {import('./log-file.mjs').LogFile} log
 * @param {string} why
 */
function notUp(spec, log, why) {
  const lines = log.lastLines();
  return new Problem(
    'CHILD_FAILED',
    `The process ${spec.name} did not come up: ${why}.${lines === '' ? '' : `\n${lines}`}`,
    `Read ${log.path}, correct the cause and start again.`,
  );
}
