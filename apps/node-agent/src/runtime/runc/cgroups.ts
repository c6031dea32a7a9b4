/** A node's cgroups: made, limited, measured, emptied and removed. */
import { chown, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NodeLimits } from '@drydock/protocol';
import { createBackoff } from '@drydock/service-kit';
import { type NodeKey, writtenKey } from '../runtime.ts';
import { countGroups } from './cgroup-count.ts';
import { type CgroupHost, v1Mount } from './cgroup-host.ts';
import {
  CGROUP_ROOT,
  type CgroupStep,
  createSteps,
  type DiskRates,
  diskRateSteps,
  groupDirectories,
  joinDirectories,
  limitSteps,
  nodeGroup,
  processorFiles,
  processorSteps,
  tightenSteps,
  type WholeLimits,
} from './cgroup-plan.ts';
import { type SweepOptions, sweepGroups } from './cgroup-sweep.ts';
import { parseProcessors, pickProcessors } from './processors.ts';

/** Groups looked into when a node is measured: the node's root makes them, so their number needs a bound. Its end knows none. */
const MAX_MEASURED_GROUPS = 4096;
/** Between two walks of a tree whose processes are ending (ms): killed ones take some milliseconds, and far more on a busy machine. */
const SWEEP_PAUSE = { minMs: 2, maxMs: 200, jitter: 0 };
/** Walks that neither kill nor remove anything, for this long (ms), leave the rest to a later try. */
const STALL_MS = 5000;
/** All that one try may take (ms), on the way or not: whoever asked is to hear what is left, and other nodes have their turn. */
const SWEEP_LIMIT_MS = 12_000;

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
  /** Bounds what the node does to a block device, which must be its own. */
  limitDisk(key: NodeKey, device: { major: number; minor: number }, rates: DiskRates): Promise<void>;
  /** Directories for enter.plan. */
  joinDirectories(key: NodeKey): string[];
  /** The path for the OCI spec. */
  specPath(key: NodeKey): string;
  usage(key: NodeKey): Promise<CgroupUsage>;
  /** Groups below the node's in all hierarchies, counted up to `most`. */
  groups(key: NodeKey, most: number): Promise<number>;
  /** The group that holds the memory limit. */
  memoryGroup(key: NodeKey): string;
  /** Stops or lets run every process of the node. */
  freeze(key: NodeKey, frozen: boolean): Promise<void>;
  /**
   * Kills every process in the node's groups but one, in every hierarchy, and removes the groups that the node has made; resolves when
   * no other process is left. @throws Error with what is left.
   */
  killAllBut(key: NodeKey, pid: number): Promise<void>;
  /**
   * Kills every process in the node's groups and removes the groups, however many, and the session's when it was the last.
   * @throws Error with what is left; another try goes on from there.
   */
  remove(key: NodeKey): Promise<void>;
  /** Nodes that have a group. */
  list(): Promise<NodeKey[]>;
}

/** Builds the cgroups of `host`; `whole` bounds all nodes together. */
export function createCgroups(host: CgroupHost, whole?: WholeLimits): Cgroups {
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

  async function list(): Promise<NodeKey[]> {
    const keys = new Map<string, NodeKey>();
    for (const { mount } of host.hierarchies) {
      for (const sessionId of await subgroups(join(mount, CGROUP_ROOT))) {
        for (const name of await subgroups(join(mount, CGROUP_ROOT, sessionId))) {
          keys.set(`${sessionId}/${name}`, writtenKey(sessionId, name));
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

  /** Frozen processes of v1 die when they thaw, so its freezer comes first. */
  const emptied = [...host.hierarchies].sort(
    (one, other) => Number(other.controllers.includes('freezer')) - Number(one.controllers.includes('freezer')),
  );

  /** Walks the groups `at` gives in each hierarchy until nothing is left, or nothing gets less. @throws Error with what is left. */
  async function sweepAll(at: (mount: string) => string, options: SweepOptions): Promise<void> {
    const signal = AbortSignal.timeout(SWEEP_LIMIT_MS);
    let pause = createBackoff(SWEEP_PAUSE);
    let moved = performance.now();
    let last = '';
    for (;;) {
      const left: string[] = [];
      let removed = 0;
      for (const { mount } of emptied) {
        const found = await sweepGroups(at(mount), { ...options, signal });
        removed += found.removed;
        const isLeft = found.processes > 0 || (!options.keepTop && found.groups > 0);
        if (isLeft) left.push(`${found.groups} groups, ${found.processes} processes in ${at(mount)}`);
      }
      if (left.length === 0) return;
      const now = performance.now();
      if (removed > 0 || left.join() !== last) {
        moved = now;
        pause = createBackoff(SWEEP_PAUSE);
      }
      last = left.join();
      if (signal.aborted || now - moved > STALL_MS) throw new Error(`left: ${left.join('; ')}`);
      await new Promise((resolve) => setTimeout(resolve, pause.next()));
    }
  }

  return {
    version: host.version,
    async create(key, limits, ownerId) {
      const make = async () => {
        for (const step of createSteps(host, key, limits, whole)) await perform(step, ownerId);
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
    async limitDisk(key, device, rates) {
      for (const step of diskRateSteps(host, key, device, rates)) await perform(step, 0);
    },
    joinDirectories: (key) => joinDirectories(host, key),
    specPath: (key) => `/${join(nodeGroup(key), 'node')}`,
    usage: (key) => (host.version === 2 ? usageV2(join(main, nodeGroup(key))) : usageV1(host, key)),
    async groups(key, most) {
      let found = 0;
      for (const { mount } of host.hierarchies) {
        if (found < most) found += await countGroups(join(mount, nodeGroup(key)), most - found);
      }
      return found;
    },
    memoryGroup: (key) => join(host.version === 2 ? main : (v1Mount(host, 'memory') ?? main), nodeGroup(key)),
    freeze,
    killAllBut: (key, pid) => sweepAll((mount) => join(mount, nodeGroup(key), 'node'), { kept: pid, keepTop: true }),
    async remove(key) {
      // Where the kernel has this file, it kills all below at once, frozen ones of v2 too, whatever they do meanwhile.
      for (const { mount, version } of host.hierarchies) {
        if (version === 2) await writeFile(join(mount, nodeGroup(key), 'cgroup.kill'), '1').catch(ignore);
      }
      await sweepAll((mount) => join(mount, nodeGroup(key)), {});
      for (const group of groupDirectories(host, key)) {
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

/** `directory` and all groups below it, parents first, at most MAX_MEASURED_GROUPS. */
async function tree(directory: string): Promise<string[]> {
  const found = [directory];
  for (let index = 0; index < found.length && found.length < MAX_MEASURED_GROUPS; index += 1) {
    const parent = found[index] as string;
    for (const name of await subgroups(parent)) found.push(join(parent, name));
  }
  return found;
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
