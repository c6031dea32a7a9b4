/** A large site in memory: hosts by their hellos, sessions by their records, as a manager holds them. */
import { randomBytes } from 'node:crypto';
import { type AgentHello, newSessionId } from '@drydock/protocol';
import { newLink, newToken } from '../model/links.ts';
import { newSession, type SessionRecord } from '../model/session.ts';
import { addNode, setNodeState } from '../model/session-nodes.ts';

const GIB = 2 ** 30;
export const NODE_LIMITS = { cpus: 2, memoryBytes: 2 * GIB, diskBytes: 10 * GIB, pids: 4096 };
const HOUR_MS = 3_600_000;

/** What host number `index` says; hosts differ in size. */
export function hostHello(index: number): AgentHello {
  const maxNodes = 100 + (index % 5) * 20;
  return {
    version: '0.0.0-bench',
    capabilities: {
      ingress: 'mesh',
      encryptedOverlay: false,
      vlan: false,
      platforms: ['linux/amd64'],
      cgroup: 2,
      isolation: 'shared-kernel',
    },
    capacity: {
      cpus: maxNodes / 4,
      memoryBytes: maxNodes * GIB,
      diskBytes: maxNodes * 10 * GIB,
      pool: index % 7,
      maxNodes,
      defaultLimits: NODE_LIMITS,
    },
    nodes: [],
    terminals: [],
  };
}

/** A running session with three links and `nodes` nodes on a host. */
export function runningSession(host: string, nodes: number, now: number): SessionRecord {
  const links = (['owner', 'collaborator', 'viewer'] as const).map((right) => newLink(right, now).link);
  const expiresAt = now + HOUR_MS + Math.floor(Math.random() * 3 * HOUR_MS);
  let session = newSession({
    id: newSessionId(randomBytes(8)),
    name: null,
    template: null,
    createdAt: now,
    expiresAt,
    links,
    portSecret: newToken(),
  });
  for (let count = 0; count < nodes; count += 1) {
    const added = addNode(session, { name: undefined, host, limits: NODE_LIMITS, now, maxNodes: 8 });
    session = setNodeState(added.session, added.node.name, 'running');
  }
  return session;
}
