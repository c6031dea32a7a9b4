/** A node's cgroups: made, limited, measured, emptied and removed. */
import { chown, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NodeLimits } from '@drydock/protocol';
import { type CgroupHost, v1Mount } from './cgroup-host.ts';
import {
  CGROUP_ROOT,
  type CgroupStep,
  createSteps,
  groupDirectories,
  joinDirectories,
  limitSteps,
  nodeGroup,
  processorFiles,
  processorSteps,
  tightenSteps,
} from './cgroup-plan.ts';
import { parseProcessors, pickProcessors } from './processors.ts';
import type { NodeKey } from './runtime.ts';

/** Groups looked into when a node is measured or emptied: the node's root makes them, so their number needs a bound. */
const MAX_GROUPS = 4096;
/** Rounds of killing: a fork bomb that is not frozen loses a share of its processes in each. */
const KILL_ROUNDS = 200;
const KILL_PAUSE_MS = 5;

export interface CgroupUsage {
  cpuNanoseconds: number;
  memoryBytes: number;
  pids: number;
  oomKills: number;
}

export interface Cgroups {
  readonly version: 1 | 2;
  /** Makes the groups with `limits`; the node's own root belongs to the host id `ownerId`. */
  create(key: NodeKey, limits: NodeLimits, ownerId: number): Promise<void>;
  /** Takes back what only the making of the node needed. */
  tighten(key: NodeKey): Promise<void>;
  limit(key: NodeKey, limits: NodeLimits): Promise<void>;
  /** Directories for enter.plan. */
  joinDirectories(key: NodeKey): string[];
  /** The path for the OCI spec. */
  specPath(key: NodeKey): string;
  usage(key: NodeKey): Promise<CgroupUsage>;
  /** The group that holds the memory limit. */
  memoryGroup(key: NodeKey): string;
  /** Stops or lets run every process of the node. */
  freeze(key: NodeKey, frozen: boolean): Promise<void>;
  /** Kills every process in the node's groups; resolves when none is left. */
  kill(key: NodeKey): Promise<void>;
  /** Kills every process in the node's groups but one; resolves when no other is left. */
  killAllBut(key: NodeKey, pid: number): Promise<void>;
  /** Removes the node's groups, and the session's when it was the last; nothing may run in them. */
  remove(key: NodeKey): Promise<void>;
  /** Nodes that have a group. */
  list(): Promise<NodeKey[]>;
}

/** Builds the cgroups of `host`. */
export function createCgroups(host: CgroupHost): Cgroups {
  const first =
    host.version === 2 ? host.hierarchies.find(({ version }) => version === 2)?.mount : v1Mount(host, 'pids');
  if (first === undefined) throw new Error('this host has no pids cgroup controller');
  /** Where processes are counted and killed: every process of a node is in it. */
  const main = first;

  async function freeze(key: NodeKey, frozen: boolean): Promise<void> {
    if (host.version === 2) {
      await writeFile(join(main, nodeGroup(key), 'cgroup.freeze'), frozen ? '1' : '0');
      return;
    }
    const freezer = v1Mount(host, 'freezer');
    if (freezer) await writeFile(join(freezer, nodeGroup(key), 'freezer.state'), frozen ? 'FROZEN' : 'THAWED');
  }

  async function kill(key: NodeKey): Promise<void> {
    const group = join(main, nodeGroup(key));
    if (host.version === 2 && (await writeFile(join(group, 'cgroup.kill'), '1').then(() => true, isMissing))) {
      await waitUntilEmpty(group, () => undefined);
      return;
    }
    await killEach(key, undefined);
  }

  async function list(): Promise<NodeKey[]> {
    const keys = new Map<string, NodeKey>();
    for (const { mount } of host.hierarchies) {
      for (const sessionId of await subgroups(join(mount, CGROUP_ROOT))) {
        for (const name of await subgroups(join(mount, CGROUP_ROOT, sessionId))) {
          keys.set(`${sessionId}/${name}`, { sessionId, name });
        }
      }
    }
    return [...keys.values()];
  }

  /** Binds a node to as many processors as its limit is worth, unless it has so many. */
  async function bindProcessors(key: NodeKey, cpus: number): Promise<void> {
    const files = processorFiles(host);
    if (files === undefined) return;
    const read = async (file: string) => parseProcessors(await readFile(file, 'utf8').catch(() => ''));
    const [all, own] = await Promise.all([read(files.all), read(files.of(key))]);
    const wanted = Math.min(Math.ceil(cpus), all.length);
    if ((own.length || all.length) === wanted) return;
    const others = (await list()).filter(({ sessionId, name }) => sessionId !== key.sessionId || name !== key.name);
    const taken = await Promise.all(others.map((other) => read(files.of(other))));
    const picked = pickProcessors(cpus, all, taken) ?? all.join(',');
    for (const step of processorSteps(host, key, picked)) await perform(step, 0);
  }

  async function killEach(key: NodeKey, kept: number | undefined): Promise<void> {
    // Frozen processes cannot fork; a kill reaches them when they thaw.
    await freeze(key, true).catch(ignore);
    const group = join(main, nodeGroup(key));
    try {
      await waitUntilEmpty(
        group,
        async (pids) => {
          for (const pid of pids) killProcess(pid);
          await freeze(key, false).catch(ignore);
        },
        kept,
      );
    } finally {
      await freeze(key, false).catch(ignore);
    }
  }

  return {
    version: host.version,
    async create(key, limits, ownerId) {
      const make = async () => {
        for (const step of createSteps(host, key, limits)) await perform(step, ownerId);
      };
      // The end of another node may have taken an empty parent away between two steps.
      await make().catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? make() : Promise.reject(error)));
      await bindProcessors(key, limits.cpus);
    },
    async tighten(key) {
      for (const step of tightenSteps(host, key)) await perform(step, 0);
    },
    async limit(key, limits) {
      for (const step of limitSteps(host, key, limits)) await perform(step, 0);
      await bindProcessors(key, limits.cpus);
    },
    joinDirectories: (key) => joinDirectories(host, key),
    specPath: (key) => `/${join(nodeGroup(key), 'node')}`,
    usage: (key) => (host.version === 2 ? usageV2(join(main, nodeGroup(key))) : usageV1(host, key)),
    memoryGroup: (key) => join(host.version === 2 ? main : (v1Mount(host, 'memory') ?? main), nodeGroup(key)),
    freeze,
    kill,
    killAllBut: killEach,
    async remove(key) {
      for (const group of groupDirectories(host, key)) {
        await removeTree(group);
        // The session's when this was its last node, ours when it was the last of all.
        await rmdir(dirname(group)).catch(ignore);
        await rmdir(dirname(dirname(group))).catch(ignore);
      }
    },
    list,
  };
}

async function perform(step: CgroupStep, ownerId: number): Promise<void> {
  if (step.kind === 'mkdir') {
    await mkdir(step.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } else if (step.kind === 'own') {
    await chown(step.path, ownerId, ownerId);
  } else {
    const value =
      step.value === '@parent'
        ? (
            await readFile(join(dirname(dirname(step.path)), step.path.slice(dirname(step.path).length + 1)), 'utf8')
          ).trim()
        : step.value;
    await writeFile(step.path, value).catch((error: unknown) => {
      if (!step.optional) throw error;
    });
  }
}

async function subgroups(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** `directory` and all groups below it, parents first, at most MAX_GROUPS. */
async function tree(directory: string): Promise<string[]> {
  const found = [directory];
  for (let index = 0; index < found.length && found.length < MAX_GROUPS; index += 1) {
    const parent = found[index] as string;
    for (const name of await subgroups(parent)) found.push(join(parent, name));
  }
  return found;
}

async function processesOf(directory: string): Promise<number[]> {
  const pids: number[] = [];
  for (const group of await tree(directory)) {
    const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const line of text.split('\n')) if (line !== '' && line !== '0') pids.push(Number(line));
  }
  return pids;
}

async function waitUntilEmpty(group: string, each: (pids: number[]) => unknown, kept?: number): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const pids = (await processesOf(group)).filter((pid) => pid !== kept);
    if (pids.length === 0) return;
    await each(pids);
    await new Promise((resolve) => setTimeout(resolve, KILL_PAUSE_MS));
  }
  throw new Error(`processes are left in ${group}`);
}

async function removeTree(directory: string): Promise<void> {
  let failure: unknown;
  // A group is busy for a moment after its last process has been reaped; and there may be more than one tree() shows.
  for (let round = 0; round < 20; round += 1) {
    failure = undefined;
    for (const group of (await tree(directory)).reverse()) {
      await rmdir(group).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') failure = error;
      });
    }
    if (failure === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 2 * (round + 1)));
  }
  throw failure;
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

async function readNumber(path: string): Promise<number> {
  const value = Number((await readFile(path, 'utf8')).trim());
  return Number.isFinite(value) ? value : 0;
}

/** The number after `name` in a file of `name value` lines. */
async function readField(path: string, name: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(text);
  return match ? Number(match[1]) : 0;
}

/** v1 counts a kill only in the group of the process that was killed, so the whole tree is summed. */
async function usageV1(host: CgroupHost, key: NodeKey): Promise<CgroupUsage> {
  const at = (controller: string) => join(v1Mount(host, controller) ?? '', nodeGroup(key));
  let oomKills = 0;
  for (const group of await tree(at('memory')))
    oomKills += await readField(join(group, 'memory.oom_control'), 'oom_kill');
  const [cpuNanoseconds, memory, cache, pids] = await Promise.all([
    readNumber(join(at('cpuacct'), 'cpuacct.usage')),
    readNumber(join(at('memory'), 'memory.usage_in_bytes')),
    readField(join(at('memory'), 'memory.stat'), 'total_inactive_file'),
    readNumber(join(at('pids'), 'pids.current')),
  ]);
  return { cpuNanoseconds, memoryBytes: Math.max(0, memory - cache), pids, oomKills };
}

async function usageV2(group: string): Promise<CgroupUsage> {
  const [cpuMicroseconds, memory, cache, pids, oomKills] = await Promise.all([
    readField(join(group, 'cpu.stat'), 'usage_usec'),
    readNumber(join(group, 'memory.current')),
    readField(join(group, 'memory.stat'), 'inactive_file'),
    readNumber(join(group, 'pids.current')),
    readField(join(group, 'memory.events'), 'oom_kill'),
  ]);
  return { cpuNanoseconds: cpuMicroseconds * 1000, memoryBytes: Math.max(0, memory - cache), pids, oomKills };
}

function ignore(): void {}

function isMissing(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false;
  throw error;
}
