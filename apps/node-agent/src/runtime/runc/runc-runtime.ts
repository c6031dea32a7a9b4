/** Nodes as system containers: runc, a user namespace and id range each, a loop-mounted disk, cgroups. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DrydockError, type NodeLimits } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { processStartTime } from '../../system/process-start.ts';
import { runProgram } from '../../system/run-program.ts';
import { bodyKey, readBody, writeBody } from '../node-body.ts';
import { limitedCommand, NODE_ID_COUNT, nodeRlimits, type Rlimit } from '../node-rights.ts';
import { runInNode } from '../run-in-node.ts';
import {
  type NodeHandle,
  type NodeKey,
  type NodePresence,
  type NodeSpec,
  type Runtime,
  writtenKey,
} from '../runtime.ts';
import { loadNodeProfile } from './apparmor.ts';
import { keepNamespaces, takeCensus } from './census.ts';
import type { DiskRates } from './cgroup-plan.ts';
import type { Cgroups, CgroupUsage } from './cgroups.ts';
import { enterCommand } from './enter-command.ts';
import { writeEnterPlan } from './enter-plan.ts';
import type { IdRanges } from './id-ranges.ts';
import { tellImageUser } from './image-user.ts';
import { countedKills, type KillCount } from './kill-count.ts';
import { boundOptions } from './node-bounds.ts';
import type { NodeDisks } from './node-disk.ts';
import { handleId, type NodeHandles } from './node-handle.ts';
import { ociSpec } from './oci-spec.ts';
import type { OwnFigures } from './own-figures.ts';
import { processesOfIds } from './process-ids.ts';

export interface RuncRuntimeDeps {
  /** Holds `nodes/<session>/<node>/`. */
  stateDir: string;
  /** Volatile state: /run/drydock. */
  runDir: string;
  /** `node/current/rootfs` is the node image. */
  imagesDir: string;
  /** dd-enter, dd-graft, dd-stage, node.bpf, node.seccomp.json. */
  nativeDir: string;
  cgroups: Cgroups;
  disks: NodeDisks;
  ranges: IdRanges;
  handles: NodeHandles;
  /** Files that one process of a node may hold open. */
  nodeFiles?: number;
  /** What one node may ask of its disk; unset: whatever the disk gives. */
  diskRates?: DiskRates | undefined;
  /** Unset: nodes see the host's figures. */
  figures?: OwnFigures | undefined;
  logger: Logger;
}

/** Kept of runc's log in an error (characters): its last lines say what it minded. */
const MOST_SAID = 2000;

/** A living node's first process, as the host numbers it. */
interface Living {
  state: 'created' | 'running';
  pid: number;
  startTime: bigint;
}

/** What the last measurement saw, for the share of a processor in between. */
interface Sample {
  at: number;
  cpuNanoseconds: number;
}

/** Builds the runtime. */
export function createRuncRuntime(deps: RuncRuntimeDeps): Runtime {
  const { cgroups, disks, ranges, logger } = deps;
  const stage = join(deps.runDir, 'stage');
  const runcRoot = join(deps.runDir, 'runc');
  const nodesDir = join(deps.stateDir, 'nodes');
  const samples = new Map<string, Sample>();
  const limits = new Map<string, NodeLimits>();
  /** Under which keys nodes were made. */
  const bodies = new Map<string, NodeKey>();
  const kills = new Map<string, KillCount>();
  const handles = new Map<string, NodeHandle>();
  let seccomp: unknown;
  let rlimits: Rlimit[] = [];
  /** As both ociSpec and enter.plan take it; empty on a host without AppArmor. */
  let confinement: { apparmorProfile?: string } = {};

  const id = ({ sessionId, name }: NodeKey) => `${sessionId}-${name}`;
  const directory = ({ sessionId, name }: NodeKey) => join(nodesDir, sessionId, name);
  const runc = (args: string[]) => runProgram('runc', ['--root', runcRoot, ...args]);

  async function body(key: NodeKey): Promise<NodeKey> {
    const made = bodies.get(id(key)) ?? (await bodyKey(directory(key), key));
    bodies.set(id(key), made);
    return made;
  }

  const findImage = () => realpath(join(deps.imagesDir, 'node', 'current', 'rootfs'));

  function config(memoryBytes: number, own: { hostname: string; idBase: number; cgroupsPath: string }) {
    const paths = { root: join(stage, 'root'), data: join(stage, 'data'), userNamespace: join(stage, 'user') };
    return ociSpec({ ...own, ...paths, seccomp, memoryBytes, ...confinement });
  }

  /** Of all that is decided when a node is made and is not its own. */
  function recipe(image: string, { memoryBytes, diskBytes }: NodeLimits): string {
    const common = config(memoryBytes, { hostname: '', idBase: 0, cgroupsPath: '' });
    return createHash('sha256')
      .update(JSON.stringify([image, diskBytes, common, rlimits, boundOptions(), deps.diskRates]))
      .digest('hex');
  }

  async function writeBundle(spec: NodeSpec, idBase: number): Promise<string> {
    const bundle = join(directory(spec), 'bundle');
    await mkdir(bundle, { recursive: true, mode: 0o700 });
    const own = { hostname: spec.name, idBase, cgroupsPath: cgroups.specPath(spec) };
    await writeFile(join(bundle, 'config.json'), JSON.stringify(config(spec.limits.memoryBytes, own)));
    return bundle;
  }

  async function runcCreate(spec: NodeSpec, image: string, idBase: number, bundle: string): Promise<number> {
    const disk = await disks.layout(directory(spec));
    const [pidFile, log] = [join(bundle, 'pid'), join(bundle, 'runc.log')];
    const create = ['runc', '--root', runcRoot, '--log', log, 'create', '--bundle', bundle, '--pid-file', pidFile];
    await runProgram(join(deps.nativeDir, 'dd-stage'), [
      ...['--image', image, '--ids', `${idBase}:${NODE_ID_COUNT}`, '--upper', disk.upper, '--work', disk.work],
      ...['--data', disk.data, '--at', stage, ...boundOptions(), '--'],
      ...limitedCommand(rlimits),
      // The node's first process inherits them, and our pipes are sockets of the host's network; runc says in its log what it minds.
      ...['sh', '-c', 'exec "$@" </dev/null >/dev/null 2>&1', 'sh', ...create, id(spec)],
    ]).catch(async (error: unknown) => {
      const said = await readFile(log, 'utf8').catch(() => '');
      throw said === '' ? error : new Error(`runc create failed: ${said.slice(-MOST_SAID)}`, { cause: error });
    });
    return Number(await readFile(pidFile, 'utf8'));
  }

  async function make(spec: NodeSpec): Promise<NodeHandle> {
    await mkdir(directory(spec), { recursive: true, mode: 0o700 });
    const image = await findImage();
    const { sessionId, name } = spec;
    await writeBody(directory(spec), { sessionId, name, recipe: recipe(image, spec.limits), image });
    const idBase = await ranges.claim(spec);
    await Promise.all([
      disks.create(directory(spec), spec.limits.diskBytes, idBase),
      cgroups.create(spec, spec.limits, idBase),
    ]);
    if (deps.diskRates) await cgroups.limitDisk(spec, await disks.device(directory(spec)), deps.diskRates);
    const pid = await runcCreate(spec, image, idBase, await writeBundle(spec, idBase));
    await cgroups.tighten(spec);
    const startTime = await processStartTime(pid);
    if (startTime === undefined) throw new Error('the first process of the node has ended');
    await writeEnterPlan(directory(spec), {
      pid,
      startTime,
      cgroups: cgroups.joinDirectories(spec),
      seccompFile: join(deps.nativeDir, 'node.bpf'),
      rlimits,
      ...confinement,
    });
    if (deps.figures?.serves()) await mountLxcfs(spec, pid, startTime);
    return handleOf(spec, { state: 'created', pid, startTime });
  }

  /** A node without them is a node all the same. */
  async function mountLxcfs(key: NodeKey, pid: number, startTime: bigint): Promise<void> {
    await deps.figures
      ?.lay(pid, startTime)
      .catch((err: unknown) => logger.warn({ err, ...nodeFields(key) }, 'a node sees the host’s figures'));
  }

  async function layAllFigures(): Promise<void> {
    for (const key of await listDirectories(nodesDir)) {
      const living = await findLiving(key);
      if (living) await mountLxcfs(key, living.pid, living.startTime);
    }
  }

  async function pidsOf(made: Awaited<ReturnType<typeof body>>): Promise<number[]> {
    const first = await ranges.find(made);
    return first === undefined ? [] : processesOfIds(first, NODE_ID_COUNT);
  }

  async function destroy(key: NodeKey): Promise<void> {
    for (const known of [samples, limits, kills, handles]) known.delete(id(key));
    const made = await body(key);
    const drain = await keepNamespaces(deps.nativeDir, await pidsOf(made), (err) =>
      logger.warn({ err, ...nodeFields(key) }, 'queues of a node not given back'),
    );
    // The end of a namespace's first process is the end of all others in it, in whatever groups they are; frozen ones die when they thaw.
    const living = await findLiving(key);
    if (living) kill(living.pid);
    await cgroups.remove(made).finally(drain);
    await rm(join(runcRoot, id(made)), { recursive: true, force: true });
    await disks.destroy(directory(key));
    await rm(directory(key), { recursive: true, force: true });
    await rmdir(join(nodesDir, key.sessionId)).catch(() => undefined); // the session's last node
    await ranges.release(made);
    bodies.delete(id(key));
  }

  /** The first process, when it is the one that was made for this node and lives. */
  async function findLiving(key: NodeKey): Promise<Living | undefined> {
    const text = await readFile(join(directory(key), 'enter.plan'), 'utf8').catch(() => '');
    const pid = Number(/^pid (\d+)$/m.exec(text)?.[1]);
    const startTime = await processStartTime(pid);
    if (startTime === undefined || String(startTime) !== /^started (\d+)$/m.exec(text)?.[1]) return undefined;
    // runc takes the fifo away when it has started the node.
    const isWaiting = await exists(join(runcRoot, id(await body(key)), 'exec.fifo'));
    return { state: isWaiting ? 'created' : 'running', pid, startTime };
  }

  async function handleOf(key: NodeKey, { pid, startTime }: Living): Promise<NodeHandle> {
    const known = handles.get(id(key));
    if (known?.id === handleId(pid, startTime)) return known;
    const made = await deps.handles.of({ pid, startTime, memoryGroup: cgroups.memoryGroup(await body(key)) });
    handles.set(id(key), made);
    return made;
  }

  async function probe(key: NodeKey): Promise<NodePresence> {
    const living = await findLiving(key);
    // It may end in between.
    const node = living && (await handleOf(key, living).catch(() => undefined));
    if (living && node) return { state: living.state, node };
    return { state: (await exists(directory(key))) ? 'remains' : 'absent' };
  }

  async function changeKey(key: NodeKey, spec: NodeSpec): Promise<void> {
    const [from, to] = [directory(key), directory(spec)];
    const move = async () => {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(from, to);
    };
    if (await exists(to)) throw new Error(`${to} exists`);
    if ((await findLiving(key))?.state !== 'running') throw new DrydockError('NODE_NOT_READY');
    const made = await body(key);
    // Most claims are of the very limits that the node was made with.
    if (!isDeepStrictEqual(limits.get(id(key)), spec.limits)) await cgroups.limit(made, spec.limits);
    // The end of the session's last node may have taken the parent away between the two.
    await move().catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? move() : Promise.reject(error)));
    const handle = handles.get(id(key));
    for (const known of [limits, samples, kills, bodies, handles]) known.delete(id(key));
    if (handle) handles.set(id(spec), handle);
    limits.set(id(spec), spec.limits);
    bodies.set(id(spec), made);
    await rmdir(dirname(from)).catch(() => undefined);
  }

  async function diskBytesOf(key: NodeKey): Promise<number> {
    const { blocks } = await stat(join(directory(key), 'disk.img')).catch(() => ({ blocks: 0 }));
    return blocks * 512;
  }

  function cpuShare(key: NodeKey, usage: CgroupUsage): number {
    const before = samples.get(id(key));
    const now = { at: performance.now(), cpuNanoseconds: usage.cpuNanoseconds };
    samples.set(id(key), now);
    const cpus = limits.get(id(key))?.cpus;
    if (before === undefined || cpus === undefined || now.at <= before.at) return 0;
    return Math.max(0, (now.cpuNanoseconds - before.cpuNanoseconds) / ((now.at - before.at) * 1e6) / cpus);
  }

  /** A container's group takes its count away with it (v1): only what is added counts. */
  function countKills(key: NodeKey, found: number, killed: boolean): number {
    const next = countedKills(kills.get(id(key)), found, killed);
    kills.set(id(key), next);
    return next.total;
  }

  const enter: Runtime['enter'] = (key, command, options) =>
    enterCommand({ nativeDir: deps.nativeDir, nodeDir: directory(key) }, command, options);

  return {
    directory,
    async prepare() {
      // Traversed by the node's mapped root while runc sets the node up, so not private; the stage is always empty out here.
      for (const path of [deps.runDir, stage]) await mkdir(path, { recursive: true, mode: 0o755 });
      await mkdir(runcRoot, { recursive: true, mode: 0o700 });
      await mkdir(nodesDir, { recursive: true, mode: 0o700 });
      await tellImageUser(deps.imagesDir, nodesDir).catch((err: unknown) =>
        logger.warn({ err }, 'images are not told of us'),
      );
      seccomp = JSON.parse(await readFile(join(deps.nativeDir, 'node.seccomp.json'), 'utf8'));
      const own = (name: string) => readFile(`/proc/self/${name}`, 'utf8');
      rlimits = nodeRlimits(await own('status'), await own('limits'), deps.nodeFiles);
      const apparmorProfile = await loadNodeProfile(logger);
      confinement = apparmorProfile === undefined ? {} : { apparmorProfile };
      for (const needed of ['dd-enter', 'dd-graft', 'dd-stage', 'node.bpf']) await stat(join(deps.nativeDir, needed));
      await stat(join(deps.imagesDir, 'node', 'current', 'rootfs'));
      await runc(['--version']);
      await deps.figures?.start(() => void layAllFigures());
    },
    async create(spec) {
      try {
        const made = await make(spec);
        limits.set(id(spec), spec.limits);
        return made;
      } catch (error) {
        await destroy(spec).catch((err: unknown) =>
          logger.error({ err, ...nodeFields(spec) }, 'remains of a node are left'),
        );
        throw new DrydockError('NODE_CREATE_FAILED', undefined, undefined, { cause: error });
      }
    },
    start: async (key) => void (await runc(['start', id(key)])),
    async rest(key) {
      const living = await findLiving(key);
      if (living?.state !== 'running') throw new DrydockError('NODE_NOT_READY');
      // The kernel stops a namespace's first process for nobody inside, but for its ancestors.
      process.kill(living.pid, 'SIGSTOP');
      // One call to all of a namespace: none can fork away, and none can hide in a group. Frozen ones die when they thaw.
      await runProgram('nsenter', [`--target=${living.pid}`, '--pid', '--', 'sh', '-c', 'kill -KILL -1']);
      // An operator may have frozen the whole node.
      await cgroups.freeze(await body(key), false);
      await cgroups.killAllBut(await body(key), living.pid);
    },
    freeze: async (key, frozen) => cgroups.freeze(await body(key), frozen),
    async fits(key, wanted) {
      return (await readBody(directory(key)))?.recipe === recipe(await findImage(), wanted);
    },
    rename: changeKey,
    destroy,
    probe,
    async list() {
      const keys = await listDirectories(nodesDir);
      // Ids without a directory are what is left of a node; one that has another key by now has both.
      const made = new Set(await Promise.all(keys.map(async (key) => id(await body(key)))));
      return [...keys, ...(await ranges.list()).filter((key) => !made.has(id(key)))];
    },
    enter,
    exec: (key, input) => {
      const { workingDir, env } = input;
      return runInNode(
        enter(key, input.command, { ...(workingDir ? { cwd: workingDir } : {}), ...(env ? { env } : {}) }),
        input,
      );
    },
    async usage(key, { killed = false } = {}) {
      const made = await body(key);
      const [usage, diskBytes] = await Promise.all([cgroups.usage(made), disks.usedBytes(directory(key))]);
      const { memoryBytes, pids } = usage;
      return {
        cpu: cpuShare(key, usage),
        memoryBytes,
        diskBytes,
        pids,
        oomKills: countKills(key, usage.oomKills, killed),
      };
    },
    async limit(key, wanted) {
      await cgroups.limit(await body(key), wanted);
      limits.set(id(key), wanted);
    },
    async kernelHoldings(key, mostGroups) {
      const made = await body(key);
      const census = await takeCensus(deps.nativeDir, await pidsOf(made));
      return { ...census, groups: await cgroups.groups(made, mostGroups) };
    },
    diskBytesOf,
    async diskBytes() {
      let total = 0;
      for (const key of await listDirectories(nodesDir)) total += await diskBytesOf(key);
      return total;
    },
    close: deps.handles.close,
  };
}

function nodeFields(key: NodeKey): { sessionId: string; node: string } {
  return { sessionId: key.sessionId, node: key.name };
}

async function listDirectories(nodesDir: string): Promise<NodeKey[]> {
  const keys: NodeKey[] = [];
  for (const sessionId of await readdir(nodesDir).catch(() => [])) {
    for (const name of await readdir(join(nodesDir, sessionId)).catch(() => [])) keys.push(writtenKey(sessionId, name));
  }
  return keys;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
