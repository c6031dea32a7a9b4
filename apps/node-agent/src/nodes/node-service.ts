/** The life of a host's nodes: made, adopted after a restart, measured, and destroyed without remains. */
import {
  type AgentAnswer,
  type AgentFact,
  type AgentNodeReport,
  DrydockError,
  type ExecRequest,
  type ExecResponse,
  type NodeLimits,
  type NodeOrigin,
  type SessionId,
  type SessionNetwork,
} from '@drydock/protocol';
import { type Clock, createCleanupStack, type Logger } from '@drydock/service-kit';
import type { Egress } from '../network/egress.ts';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import type { NodeKey, Runtime } from '../runtime/runtime.ts';
import { createKeyedQueue } from '../system/keyed-queue.ts';
import { type CommandShares, createCommandShares } from './command-shares.ts';
import { type Identity, identify } from './identity.ts';
import type { NodeRecord, NodeRecords } from './node-record.ts';
import { createNodeTable, type LiveNode, type NodeEntry, type Observation, plannedNode } from './node-table.ts';
import { createNodeWatch } from './node-watch.ts';
import { createPeerRefresh } from './peer-refresh.ts';
import type { Claimed, Pool } from './pool.ts';
import { createRemains } from './remains.ts';
import type { SessionKeys } from './session-keys.ts';

/** The gateway of every session, where its name server listens. */
const RESOLVER = '192.168.0.1';

/** Tries at all remains before an agent that ends leaves them; each takes 12 s at most (runtime/runc/cgroups.ts) and goes on from the last. */
const LAST_TRIES = 5;

export interface CreateNode {
  sessionId: SessionId;
  node: string;
  index: number;
  limits: NodeLimits;
  egress?: Egress | undefined;
  /** Of the session's ssh key, where its manager gives one. */
  keySeed?: string | undefined;
  /** The session's other hosts, if it has or may have some. */
  network?: SessionNetwork | undefined;
}

export interface NodeService {
  /** Makes a node; the same call again answers with the same node. @throws DrydockError NODE_EXISTS, NODE_CREATE_FAILED */
  create(request: CreateNode): Promise<AgentAnswer<'node.create'>>;
  /** Removes a node and all that is its own; harmless when there is none. */
  destroy(sessionId: SessionId, node: string): Promise<void>;
  destroySession(sessionId: SessionId): Promise<void>;
  /** The session's other hosts, or their nodes, have changed. */
  setNetwork(sessionId: SessionId, network: SessionNetwork): Promise<void>;
  /** Takes the session's network away and ends everything that runs in its nodes, but keeps them, so that their files can be read. */
  restSession(sessionId: SessionId): Promise<void>;
  /** Stops every process of the session's nodes where it is, or lets them all go on; harmless to repeat. */
  freezeSession(sessionId: SessionId, frozen: boolean): Promise<void>;
  destroyAll(): Promise<void>;
  /** Once, before anything else: takes over what lives, removes what is half made. */
  adopt(): Promise<void>;
  /**
   * Removes every node and network of sessions that are not in the list. `listed` names the nodes (`session/node`) that the manager
   * was told of: what another manager had made since then is not its to judge. Unset: all.
   */
  reconcile(sessions: readonly SessionId[], listed?: ReadonlySet<string>): Promise<void>;
  list(): AgentNodeReport[];
  /** A node that runs. */
  get(sessionId: SessionId, node: string): LiveNode | undefined;
  /** Runs a command. @throws DrydockError NODE_NOT_FOUND, NODE_NOT_READY, EXEC_TIMEOUT */
  exec(sessionId: SessionId, node: string, request: ExecRequest): Promise<ExecResponse>;
  /** What a watcher has seen; ignored for a node that has gone. */
  observe(sessionId: SessionId, node: string, observation: Observation): void;
  /** The kernel has killed in a node for want of memory: measures it now and tells it. Ignored for a node that has gone. */
  noteKill(sessionId: SessionId, node: string): Promise<void>;
  onFact(listener: (fact: AgentFact) => void): () => void;
  /** Nodes that should be gone and of which something is left; each is tried again for ever. */
  remains(): number;
  /** Something is left of a node that the service does not know. */
  addRemains(key: NodeKey): void;
  /** Ends watching; nodes live on. */
  close(): void;
}

export interface NodeServiceDeps {
  runtime: Runtime;
  networks: SessionNetworks;
  records: NodeRecords;
  keys: SessionKeys;
  clock: Clock;
  logger: Logger;
  /** Booted nodes to take first; none: every node is made when it is asked for. */
  pool?: Pool | undefined;
  /** The operator's egress for sessions whose manager names none. */
  egress: Egress;
  /** Shared with who else runs commands in nodes. */
  commands?: CommandShares;
}

/** Builds the service. */
export function createNodeService(deps: NodeServiceDeps): NodeService {
  const { runtime, networks, records, keys, pool, clock, logger, commands = createCommandShares() } = deps;
  const table = createNodeTable();
  const queue = createKeyedQueue();
  const peers = createPeerRefresh({ clock, logger, refresh: refreshPeers });
  const remains = createRemains({ clock, logger });
  const watch = createNodeWatch({ runtime, table, clock, logger, onLost: (entry) => void removeLost(entry) });

  const one = <T>(key: NodeKey, work: () => Promise<T>) => queue.run(`${key.sessionId}/${key.name}`, work);

  function fields({ sessionId, name }: NodeKey) {
    return { sessionId, node: name };
  }

  async function identityOf({ name, ip, sessionId }: NodeEntry): Promise<Identity> {
    const peers = networks.peers(sessionId).filter((peer) => peer.name !== name);
    return { name, ip, session: sessionId, resolver: RESOLVER, peers, sshKey: await keys.get(sessionId) };
  }

  async function refreshPeers(sessionId: SessionId): Promise<void> {
    for (const entry of table.ofSession(sessionId)) {
      if (entry.state !== 'running') continue;
      const told = identityOf(entry).then((identity) => identify(runtime, entry, identity));
      await told.catch((err: unknown) => logger.warn({ err, ...fields(entry) }, 'peers not told'));
    }
  }

  /** A node under the entry's key that runs or is to be started, with the way to tell it who it is. */
  async function obtain(entry: NodeEntry, record: NodeRecord): Promise<Claimed & { from: NodeOrigin }> {
    const spec = { sessionId: entry.sessionId, name: entry.name, limits: entry.limits };
    const claimed = await pool?.claim(spec);
    // A claim brings the directory that the record lies in, so the record comes second: without one a node is remains.
    await records.write(record);
    if (claimed) return { ...claimed, from: 'pool' };
    const node = await runtime.create(spec);
    return { node, tell: (identity) => identify(runtime, entry, identity), from: 'cold' };
  }

  /** The steps in order; each adds its undo before it begins, for a step that fails half way has left half. */
  async function make(
    entry: NodeEntry,
    record: NodeRecord,
    { keySeed, network: span }: CreateNode,
  ): Promise<NodeOrigin> {
    const undo = createCleanupStack((step, err) => logger.error({ err, step, ...fields(entry) }, 'undo failed'));
    try {
      undo.add('network of the session', () => releaseSession(entry.sessionId, entry));
      undo.add('node', () => destroyOrRemember(entry));
      const [{ node, tell, from }] = await all(
        obtain(entry, record),
        networks.ensure(entry.sessionId, record.egress, span),
        keys.get(entry.sessionId, keySeed),
      );
      entry.handle = node;
      undo.add('link', () => networks.detach(entry.sessionId, entry));
      // A node boots without its network as those of the pool do.
      await all(
        networks.attach(entry.sessionId, { name: entry.name, index: entry.index, plug: node.plug }),
        from === 'cold' ? runtime.start(entry) : undefined,
      );
      await tell(await identityOf(entry));
      await records.write({ ...record, phase: 'running' });
      return from;
    } catch (error) {
      await undo.run();
      throw error;
    }
  }

  async function create(request: CreateNode): Promise<AgentAnswer<'node.create'>> {
    const started = performance.now();
    const existing = table.find(request.sessionId, request.node);
    if (existing?.state === 'running') {
      if (existing.index !== request.index) throw new DrydockError('NODE_EXISTS');
      return table.report(existing);
    }
    if (existing !== undefined) await removeEntry(existing, 'failed');
    const planned = plannedNode(request, clock.now());
    const entry = table.add(planned, 'creating');
    const { sessionId, name, index, limits, createdAt } = entry;
    const egress = request.egress ?? deps.egress;
    let from: NodeOrigin;
    try {
      const record = { sessionId, name, index, limits, egress, createdAt, phase: 'creating' } as const;
      from = await make(entry, record, request);
    } catch (error) {
      logger.error({ err: error, ...fields(entry) }, 'node not created');
      table.move(entry, 'failed');
      table.remove(entry, 'failed');
      throw error instanceof DrydockError && error.code === 'NODE_CREATE_FAILED'
        ? error
        : new DrydockError('NODE_CREATE_FAILED', undefined, undefined, { cause: error });
    }
    table.move(entry, 'running');
    logger.info({ ...fields(entry), from, ms: Math.round(performance.now() - started) }, 'node created');
    peers.changed(sessionId);
    return { ...table.report(entry), from };
  }

  /** The session's network and key go with its last node. */
  async function releaseSession(sessionId: SessionId, leaving: NodeEntry): Promise<void> {
    if (table.ofSession(sessionId).some((entry) => entry !== leaving)) return;
    await networks.destroy(sessionId);
    await keys.forget(sessionId);
  }

  function addRemains(key: NodeKey): void {
    remains.add(key, () => one(key, () => runtime.destroy(key)));
  }

  /** Removes what no entry stands for any more. */
  async function destroyOrRemember(key: NodeKey): Promise<void> {
    const { sessionId, name } = key;
    await runtime.destroy({ sessionId, name }).catch((error: unknown) => {
      addRemains({ sessionId, name });
      throw error;
    });
  }

  /** Whatever becomes of what runs in a session, it reaches nobody from now on. A failure is met again when the network goes. */
  async function cutOff(sessionId: SessionId): Promise<void> {
    await networks.destroy(sessionId).catch((err: unknown) => logger.error({ err, sessionId }, 'network not removed'));
  }

  /** Rejects when something could not be removed; the entry then stays and is tried again. */
  async function removeEntry(entry: NodeEntry, reason: 'deleted' | 'lost' | 'failed'): Promise<void> {
    const started = performance.now();
    table.move(entry, 'destroying');
    try {
      // Its link first, whatever the end of its processes takes.
      await networks.detach(entry.sessionId, entry);
      await runtime.destroy(entry);
      await releaseSession(entry.sessionId, entry);
    } catch (error) {
      remains.add(entry, () => removeAgain(entry));
      throw error;
    }
    remains.settle(entry);
    table.move(entry, 'gone');
    table.remove(entry, reason);
    logger.info({ ...fields(entry), reason, ms: Math.round(performance.now() - started) }, 'node destroyed');
    peers.changed(entry.sessionId);
  }

  async function destroy(sessionId: SessionId, name: string): Promise<void> {
    await one({ sessionId, name }, async () => {
      const entry = table.find(sessionId, name);
      if (entry) await removeEntry(entry, 'deleted');
    });
  }

  async function removeLost(entry: NodeEntry): Promise<void> {
    await one(entry, async () => {
      if (table.find(entry.sessionId, entry.name) !== entry || entry.state !== 'running') return;
      logger.warn(fields(entry), 'node lost: its first process has ended');
      table.move(entry, 'lost');
      await removeEntry(entry, 'lost');
    }).catch((err: unknown) => logger.error({ err, ...fields(entry) }, 'node not removed'));
  }

  async function removeAgain(entry: NodeEntry): Promise<void> {
    await one(entry, async () => {
      if (table.find(entry.sessionId, entry.name) === entry) await removeEntry(entry, 'deleted');
    });
  }

  async function destroyEntries(entries: readonly NodeEntry[]): Promise<void> {
    const results = await Promise.allSettled(entries.map(({ sessionId, name }) => destroy(sessionId, name)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async function adoptOne(record: NodeRecord): Promise<boolean> {
    const presence = await runtime.probe(record);
    if (record.phase !== 'running' || presence.state !== 'running') return false;
    const { sessionId, name, index, limits, createdAt } = record;
    const planned = plannedNode({ sessionId, node: name, index, limits }, createdAt);
    await runtime.limit(record, limits);
    table.add(planned, 'running', presence.node);
    return true;
  }

  return {
    create: (request) => one({ sessionId: request.sessionId, name: request.node }, () => create(request)),
    destroy,
    async setNetwork(sessionId, network) {
      if (await networks.span(sessionId, network)) peers.changed(sessionId);
    },
    async destroySession(sessionId) {
      await cutOff(sessionId);
      await destroyEntries(table.ofSession(sessionId));
      // A network without nodes is left when the agent died between the two.
      if (networks.sessions().includes(sessionId) && table.ofSession(sessionId).length === 0) {
        await networks.destroy(sessionId);
      }
    },
    async restSession(sessionId) {
      const rest = (entry: NodeEntry) =>
        one(entry, async () => {
          if (entry.state !== 'running') return;
          await runtime.rest(entry);
          logger.info(fields(entry), 'node rests');
        });
      await networks.destroy(sessionId);
      await Promise.all(table.ofSession(sessionId).map(rest));
    },
    async freezeSession(sessionId, frozen) {
      const freeze = (entry: NodeEntry) =>
        one(entry, async () => {
          if (entry.state !== 'running') return;
          await runtime.freeze(entry, frozen);
          logger.info(fields(entry), frozen ? 'node frozen' : 'node thawed');
        });
      await Promise.all(table.ofSession(sessionId).map(freeze));
    },
    async destroyAll() {
      await Promise.all(networks.sessions().map(cutOff));
      await destroyEntries(table.all()).catch(() => undefined); // what fails is among the remains
      for (let tries = 1; remains.count() > 0; tries += 1) {
        await remains.removeAll().catch((error: unknown) => (tries < LAST_TRIES ? undefined : Promise.reject(error)));
      }
    },
    async adopt() {
      for (const record of await records.readAll()) {
        if (await adoptOne(record)) logger.info(fields(record), 'node adopted');
      }
      const there = await runtime.list();
      const spare = new Set(pool?.adopt(there));
      for (const key of there) {
        if (spare.has(key) || table.find(key.sessionId, key.name)) continue;
        logger.warn(fields(key), 'removing the remains of a node');
        await destroyOrRemember(key).catch((err: unknown) =>
          logger.error({ err, ...fields(key) }, 'remains not removed'),
        );
      }
      const sessions = new Set(table.all().map(({ sessionId }) => sessionId));
      await networks.adopt([...sessions]);
      await keys.keepOnly(sessions);
      watch.start();
    },
    async reconcile(sessions, listed) {
      const wanted = new Set(sessions);
      const isJudged = ({ sessionId, name }: NodeEntry) => listed === undefined || listed.has(`${sessionId}/${name}`);
      await destroyEntries(table.all().filter((entry) => !wanted.has(entry.sessionId) && isJudged(entry)));
      for (const sessionId of networks.sessions()) {
        if (!wanted.has(sessionId) && table.ofSession(sessionId).length === 0) await networks.destroy(sessionId);
      }
    },
    list: () => table.all().map(table.report),
    get(sessionId, name) {
      const entry = table.find(sessionId, name);
      if (entry?.state !== 'running' || entry.handle === undefined) return undefined;
      return { ...entry, handle: entry.handle };
    },
    async exec(sessionId, name, request) {
      const entry = table.find(sessionId, name);
      if (!entry) throw new DrydockError('NODE_NOT_FOUND');
      if (entry.state !== 'running') throw new DrydockError('NODE_NOT_READY');
      const { command, stdin, timeoutSeconds, workingDir } = request;
      const release = commands.take(sessionId);
      const running = runtime.exec(entry, {
        command,
        signal: entry.ended.signal,
        ...(stdin === undefined ? {} : { stdin }),
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
        ...(workingDir === undefined ? {} : { workingDir }),
      });
      const result = await running.finally(release);
      const { exitCode, stdout, stderr, truncated, durationMs } = result;
      return { exitCode, stdout: stdout.toString(), stderr: stderr.toString(), truncated, durationMs };
    },
    observe(sessionId, name, observation) {
      const entry = table.find(sessionId, name);
      if (entry?.state === 'running') table.observe(entry, observation);
    },
    async noteKill(sessionId, name) {
      const usage = await runtime.usage({ sessionId, name }, { killed: true }).catch(() => undefined);
      const entry = table.find(sessionId, name);
      if (usage && entry?.state === 'running') table.observe(entry, { usage });
    },
    onFact: table.onFact,
    remains: remains.count,
    addRemains,
    close() {
      watch.stop();
      remains.close();
      peers.close();
    },
  };
}

/** Waits for all of them whatever happens, since an undo must not run beside what it undoes. @throws the first failure. */
async function all<T extends readonly unknown[]>(...work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
  return Promise.all(work) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
