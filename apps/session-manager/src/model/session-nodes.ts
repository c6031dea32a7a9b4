/** How the nodes of a session's record change: pure functions from one record to the next. */
import { DrydockError, MAX_NODES_PER_SESSION, type NodeLimits, nodeAddress, nodeNameSchema } from '@drydock/protocol';
import { type ActiveSession, type NodeRecord, requireLive, type SessionRecord } from './session.ts';

/** The name that a node without a wish gets: the first free of node1, node2, ... */
export function firstFreeName(session: SessionRecord): string {
  const taken = new Set(session.nodes.map((node) => node.name));
  for (let number = 1; ; number += 1) {
    if (!taken.has(`node${number}`)) return `node${number}`;
  }
}

function firstFreeIndex(session: SessionRecord, wanted: number | undefined): number {
  const taken = new Set(session.nodes.map((node) => node.index));
  // node3 at .13 is easier to remember than node3 at .11, so a number in the name is taken as a wish.
  if (wanted !== undefined && wanted >= 1 && wanted <= MAX_NODES_PER_SESSION && !taken.has(wanted)) return wanted;
  for (let index = 1; index <= MAX_NODES_PER_SESSION; index += 1) {
    if (!taken.has(index)) return index;
  }
  throw new DrydockError('NODE_LIMIT');
}

/** Reserves name, address and place of a node; `maxNodes` is the operator's limit. */
export function addNode(
  session: SessionRecord,
  wish: { name: string | undefined; host: string; limits: NodeLimits; now: number; maxNodes: number; driver?: string },
): { session: ActiveSession; node: NodeRecord } {
  const live = requireLive(session, wish.now);
  if (wish.name !== undefined) {
    if (!nodeNameSchema.safeParse(wish.name).success) throw new DrydockError('BAD_NAME');
    if (session.nodes.some((node) => node.name === wish.name)) throw new DrydockError('NODE_EXISTS');
  }
  if (session.nodes.length >= wish.maxNodes) {
    throw new DrydockError('NODE_LIMIT', undefined, { limit: wish.maxNodes });
  }
  const name = wish.name ?? firstFreeName(session);
  const number = /^node([1-9]\d{0,2})$/.exec(name)?.[1];
  const node: NodeRecord = {
    name,
    index: firstFreeIndex(session, number === undefined ? undefined : Number(number)),
    host: wish.host,
    limits: wish.limits,
    state: 'creating',
    createdAt: wish.now,
    ...(wish.driver === undefined ? {} : { driver: wish.driver }),
  };
  return { session: { ...live, nodes: [...live.nodes, node] }, node };
}

/** Where a session lives: nodes of a lost host are nowhere any more. */
export function homeOf({ nodes, spanMtu }: SessionRecord): { hosts: Map<string, number>; mtu: number | undefined } {
  const hosts = new Map<string, number>();
  for (const { host, state } of nodes) if (state !== 'lost') hosts.set(host, (hosts.get(host) ?? 0) + 1);
  return { hosts, mtu: hosts.size === 0 ? undefined : spanMtu };
}

/** Moves a node's state forward; the same state again, or a step back, changes nothing. */
export function setNodeState<S extends SessionRecord>(session: S, name: string, state: NodeRecord['state']): S {
  const order: Record<NodeRecord['state'], number> = { creating: 0, running: 1, destroying: 2, lost: 2 };
  const node = session.nodes.find((candidate) => candidate.name === name);
  if (node === undefined || order[state] <= order[node.state]) return session;
  return { ...session, nodes: session.nodes.map((each) => (each === node ? { ...node, state } : each)) };
}

/** Takes over a half-made node from a manager that is dead; nothing changes when somebody was faster. */
export function takeOverNode<S extends SessionRecord>(session: S, taken: NodeRecord, driver: string): S {
  const node = session.nodes.find(({ name }) => name === taken.name);
  if (node?.state !== 'creating' || node.driver !== taken.driver || node.createdAt !== taken.createdAt) return session;
  return { ...session, nodes: session.nodes.map((each) => (each === node ? { ...node, driver } : each)) };
}

/** Forgets a node that is gone from its host, with everything that named it. */
export function removeNode(session: SessionRecord, name: string): SessionRecord {
  if (!session.nodes.some((node) => node.name === name)) return session;
  const isOther = (key: string) => !key.startsWith(`${name}:`);
  const left = {
    nodes: session.nodes.filter((node) => node.name !== name),
    rewrittenHosts: (session.rewrittenHosts ?? []).filter(isOther),
  };
  if (session.state !== 'active') return { ...session, ...left };
  return {
    ...session,
    ...left,
    shares: session.shares.filter((share) => share.node !== name),
    publicPorts: session.publicPorts.filter(isOther),
  };
}

/** The node's address in its session. */
export function addressOf(node: NodeRecord): string {
  return nodeAddress(node.index);
}
