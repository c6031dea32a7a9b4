/** Makes and ends nodes: reserves in the store first, then asks the host; whatever fails is taken back. */
import { type AgentNodeReport, DrydockError, type NodeLimits, type SessionId, toDrydockError } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { isLive, maxNodesOf, type NodeRecord, requireNode, type SessionRecord } from '../model/session.ts';
import { addNode, homeOf, removeNode, setNodeState } from '../model/session-nodes.ts';
import type { AddressShares } from '../scheduling/address-shares.ts';
import type { Place } from '../scheduling/admission.ts';
import { type AgentCommands, CREATE_TIMEOUT_MS, DESTROY_TIMEOUT_MS } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { Room } from '../scheduling/room.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { keySeedOf, networkFor } from './session-networks.ts';

/** Stands in while only the learner's wishes are checked. */
const NO_LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
/** Attempts to find a host when others fill the chosen one in the same moment. */
const MAX_PLACE_ATTEMPTS = 5;

export interface NodeServiceDeps {
  directory: SessionDirectory;
  hosts: HostRegistry;
  commands: AgentCommands;
  placement: {
    room: Pick<Room, 'place'>;
    shares: Pick<AddressShares, 'demandNodes'>;
    /** An identifier for the network of a session that begins to span hosts. */
    nextVni(): Promise<number>;
  };
  settings: {
    maxNodes: number;
    egress: 'internet' | 'mirror-only' | 'none' | undefined;
    /** The managers' own, which all of them have. */
    secret: string;
    /** This manager's life, written beside each node that it makes. */
    driver: string;
  };
  clock: Clock;
  logger: Logger;
}

/** A node that was made, in its session as it is now. */
export interface BuiltNode {
  session: SessionRecord;
  node: NodeRecord;
}

export interface NodeService {
  /**
   * Reserves a place for each name (undefined: the first free name), together if that fits: all of them or none. `limits` take the place
   * of the host's defaults.
   */
  reserve(
    sessionId: SessionId,
    names: readonly (string | undefined)[],
    limits?: Partial<NodeLimits>,
  ): Promise<NodeRecord[]>;
  /** Makes a reserved node; on failure nothing of it is left. */
  build(sessionId: SessionId, name: string): Promise<BuiltNode>;
  create(sessionId: SessionId, name: string | undefined): Promise<BuiltNode>;
  /** Ends a node. Resolves when it is gone, or when its host is away (which ends it when it is back). */
  remove(sessionId: SessionId, name: string): Promise<void>;
  /** Takes back a node whose making failed while the store was away. */
  discard(sessionId: SessionId, node: NodeRecord): Promise<void>;
  /** Whether this process is making that node now. */
  isBuilding(sessionId: SessionId, name: string): boolean;
  /** This manager stops: what it was making is left to the next, and not taken back because our own links break. */
  stop(): void;
}

/** Builds the service. */
export function createNodeService(deps: NodeServiceDeps): NodeService {
  const { directory, hosts, commands, clock, logger } = deps;
  const { room, shares, nextVni } = deps.placement;
  const { maxNodes, egress, secret, driver } = deps.settings;
  const building = new Set<string>();
  let stopped = false;

  async function reserve(
    sessionId: SessionId,
    names: readonly (string | undefined)[],
    own: Partial<NodeLimits> = {},
  ): Promise<NodeRecord[]> {
    for (let attempt = 1; ; attempt += 1) {
      const record = directory.get(sessionId);
      if (record === undefined) throw new DrydockError('SESSION_NOT_FOUND');
      const home = homeOf(record);
      const [first] = home.hosts.keys();
      let nodes: NodeRecord[] = [];
      const add = (current: SessionRecord, places: readonly Place[]) => {
        nodes = [];
        const most = maxNodesOf(current, maxNodes);
        return names.reduce((session, name, at) => {
          const { host = '', limits = NO_LIMITS } = places[at] ?? {};
          const added = addNode(session, { host, limits, name, now: clock.now(), maxNodes: most, driver });
          nodes.push(added.node);
          return added.session;
        }, current);
      };
      // The learner's own mistakes are told before the operator's want of room.
      add(record, []);
      const shareBounds = await shares.demandNodes(record.countedFor ?? [], names.length);
      const found = await room.place(names.length, home, home.mtu === undefined ? first : undefined);
      const places = found.map((place) => ({ ...place, limits: { ...place.limits, ...own } }));
      const isSpanning = new Set([...home.hosts.keys(), ...places.map(({ host }) => host)]).size > 1;
      const vni = isSpanning ? (record.vni ?? (await nextVni())) : undefined;
      try {
        // One bound for each host.
        const bounds = [...new Map(places.map((place) => [place.host, place])).values()];
        const change = (current: SessionRecord) => joinHosts(current, add(current, places), vni);
        await directory.update(sessionId, change, bounds, shareBounds);
        for (const { name: node, host } of nodes)
          logger.info({ sessionId, node, host, audit: 'node-placed' }, 'node placed');
        return nodes;
      } catch (error) {
        if (toDrydockError(error).code !== 'NO_CAPACITY' || attempt >= MAX_PLACE_ATTEMPTS) throw error;
      }
    }
  }

  /** What a session must remember of its hosts when `next` has more nodes than `current`. */
  function joinHosts(current: SessionRecord, next: SessionRecord, vni: number | undefined): SessionRecord {
    const isFirst = homeOf(current).hosts.size === 0;
    const { underlay } = hosts.get(next.nodes.at(-1)?.host ?? '') ?? {};
    const joined = { ...next, spanMtu: isFirst ? underlay?.mtu : current.spanMtu };
    if (homeOf(joined).hosts.size < 2) return joined;
    // Somebody else placed its first nodes elsewhere in the same moment: looked at anew, this finds another place.
    if (joined.spanMtu === undefined || (current.vni ?? vni) === undefined) throw new DrydockError('NO_CAPACITY');
    return { ...joined, vni: current.vni ?? (vni as number) };
  }

  async function takeBack(sessionId: SessionId, node: NodeRecord): Promise<void> {
    // The host first: while the store names the node, its place is not given to another.
    await commands
      .send(node.host, 'node.destroy', { sessionId, node: node.name }, DESTROY_TIMEOUT_MS)
      .catch((error: unknown) =>
        logger.warn({ err: error, sessionId, node: node.name }, 'node was not taken back yet'),
      );
    await directory
      .update(sessionId, (record) => removeNode(record, node.name))
      .catch((error: unknown) => {
        logger.warn({ err: error, sessionId, node: node.name }, 'node was not forgotten yet');
      });
  }

  async function build(sessionId: SessionId, name: string): Promise<BuiltNode> {
    const record = directory.get(sessionId);
    if (record === undefined) throw new DrydockError('SESSION_NOT_FOUND');
    const node = requireNode(record, name);
    const key = `${sessionId}/${name}`;
    building.add(key);
    try {
      const network = networkFor(record, node.host, hosts.get);
      const request = {
        sessionId,
        node: name,
        index: node.index,
        limits: node.limits,
        keySeed: keySeedOf(secret, sessionId),
        ...(egress === undefined ? {} : { egress }),
        ...(network === undefined ? {} : { network }),
      };
      const report: AgentNodeReport = await commands.send(node.host, 'node.create', request, CREATE_TIMEOUT_MS);
      const updated = await directory.update(sessionId, (current) => setNodeState(current, name, 'running'));
      hosts.report(node.host, report);
      if (!isLive(updated, clock.now())) throw new DrydockError('SESSION_ENDED');
      return { session: updated, node: requireNode(updated, name) };
    } catch (error) {
      if (stopped) throw new DrydockError('SHUTTING_DOWN');
      const cause = toDrydockError(error);
      logger.error({ err: error, sessionId, node: name, host: node.host, code: cause.code }, 'node could not be made');
      await takeBack(sessionId, node);
      const code = cause.code === 'INTERNAL' || cause.code === 'SESSION_NOT_FOUND' ? 'NODE_CREATE_FAILED' : cause.code;
      throw new DrydockError(code, undefined, cause.details, { cause });
    } finally {
      building.delete(key);
    }
  }

  return {
    reserve,
    build,
    async create(sessionId, name) {
      const [node] = await reserve(sessionId, [name]);
      if (node === undefined) throw new DrydockError('INTERNAL');
      return build(sessionId, node.name);
    },
    async remove(sessionId, name) {
      const record = directory.get(sessionId);
      if (record === undefined) throw new DrydockError('SESSION_NOT_FOUND');
      const node = requireNode(record, name);
      if (node.state === 'lost') {
        await directory.update(sessionId, (current) => removeNode(current, name));
        return;
      }
      await directory.update(sessionId, (current) => setNodeState(current, name, 'destroying'));
      logger.info({ sessionId, node: name, host: node.host, audit: 'node-deleted' }, 'node is deleted');
      try {
        await commands.send(node.host, 'node.destroy', { sessionId, node: name }, DESTROY_TIMEOUT_MS);
      } catch (error) {
        if (toDrydockError(error).code !== 'HOST_UNAVAILABLE') throw error;
        logger.warn({ sessionId, node: name, host: node.host }, 'node will be destroyed when its host is back');
        return;
      }
      await directory.update(sessionId, (current) => removeNode(current, name));
    },
    discard: takeBack,
    stop() {
      stopped = true;
    },
    isBuilding: (sessionId, name) => building.has(`${sessionId}/${name}`),
  };
}
