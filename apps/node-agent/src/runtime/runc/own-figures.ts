/**
 * A node's own figures: the files of /proc that tell of memory, processors, load and uptime, as lxcfs serves them for the node, laid
 * over the kernel's, which tell of the whole host. lxcfs is a process apart (infra/supervisor/lxcfs.sh) and may end at any time: its
 * files then answer with an error until they are laid anew, or are taken away when it stays away.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { runProgram } from '../../system/run-program.ts';

/** Files of lxcfs, by their path below its mount and in the node. */
const FILES = [
  ...['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'].map((name) => `proc/${name}`),
  'sys/devices/system/cpu/online',
];
/** An answer takes a millisecond. Who reads a file of one that is stuck cannot even be killed: it is ended after this (ms). */
const ANSWER_MS = 2000;
/** Time between two questions whether it answers (ms): with ANSWER_MS, how long a stuck one may hold up readers in nodes. */
const LOOK_MS = 10_000;
/** When it has ended: how often it is looked for (ms), and how many times before nodes get the kernel's own files back. */
const RETURN_LOOK_MS = 100;
const RETURN_LOOKS = 100;

export interface OwnFigures {
  /** Whether lxcfs answers. */
  serves(): boolean;
  /** The first look, then looks on; `changed` is called whenever living nodes need to be done anew. */
  start(changed: () => void): Promise<void>;
  /** Lays the files over a node's, or takes away what it has of them when there is no lxcfs. @throws ProgramError */
  lay(pid: number, startTime: bigint): Promise<void>;
  stop(): void;
}

export interface OwnFiguresDeps {
  /** Where lxcfs is mounted; its pid is in `<directory>.pid`. */
  directory: string;
  nativeDir: string;
  clock: Clock;
  logger: Logger;
}

/** Builds it; nothing is asked before start(). */
export function createOwnFigures({ directory, nativeDir, clock, logger }: OwnFiguresDeps): OwnFigures {
  const pidFile = `${directory}.pid`;
  /** The pid of the lxcfs whose files nodes have; undefined: they have none. */
  let served: string | undefined;
  let missed = 0;
  let watcher: FSWatcher | undefined;
  let timer: Timer | undefined;
  let isLooking = false;
  let again = false;
  let stopped = false;
  let changed = () => {};

  async function readPid(): Promise<string> {
    return (await readFile(pidFile, 'utf8').catch(() => '')).trim();
  }

  /** Its end makes every request fail that waits for it. */
  async function endStuck(): Promise<void> {
    const pid = await readPid();
    const name = await readFile(`/proc/${Number(pid)}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'lxcfs') return;
    logger.error({ pid: Number(pid) }, 'lxcfs is stuck and is killed');
    process.kill(Number(pid), 'SIGKILL');
  }

  async function answers(): Promise<boolean> {
    const patience = clock.after(ANSWER_MS, () => void endStuck().catch(() => undefined));
    try {
      return (await runProgram('cat', [join(directory, 'proc/uptime')])) !== '';
    } catch {
      return false;
    } finally {
      patience.cancel();
    }
  }

  async function look(): Promise<void> {
    const pid = await readPid();
    const found = pid !== '' && (await answers()) ? pid : undefined;
    missed = found === undefined ? missed + 1 : 0;
    const isGivenUp = missed === RETURN_LOOKS && served !== undefined;
    if ((found !== undefined && found !== served) || isGivenUp) {
      served = found;
      logger.info({ served: found !== undefined }, 'nodes’ own figures by lxcfs');
      changed();
    }
    // Looked for often only while one begins, or nodes wait for one that they had.
    const isAwaited = missed > 0 && missed < RETURN_LOOKS && (served !== undefined || pid !== '');
    if (!stopped) timer = clock.after(isAwaited ? RETURN_LOOK_MS : LOOK_MS, () => void lookOn());
  }

  /** One look at a time; a call during a look makes another one follow. */
  async function lookOn(): Promise<void> {
    again = isLooking;
    if (stopped || isLooking) return;
    timer?.cancel();
    isLooking = true;
    await look().finally(() => {
      isLooking = false;
    });
    if (again) await lookOn();
  }

  return {
    serves: () => served !== undefined,
    async start(onChanged) {
      changed = onChanged;
      try {
        // A new lxcfs writes its pid.
        watcher = watch(dirname(pidFile), { persistent: false }, (_event, name) => {
          if (name === basename(pidFile)) void lookOn();
        });
      } catch (err) {
        logger.warn({ err }, 'the start of lxcfs is not noticed at once');
      }
      await lookOn();
    },
    async lay(pid, startTime) {
      const grafts = FILES.map((file) => `${served === undefined ? '' : `${join(directory, file)}=`}/${file}`);
      await runProgram(join(nativeDir, 'dd-graft'), ['--pid', `${pid}`, '--started', `${startTime}`, ...grafts]);
    },
    stop() {
      stopped = true;
      timer?.cancel();
      watcher?.close();
    },
  };
}
