/** The agent's memory of its nodes and the facts that it tells about them. */
import { setMaxListeners } from 'node:events';
import {
  type AgentFact,
  type AgentNodeReport,
  type NodeLimits,
  type NodePort,
  type NodeState,
  type NodeUsage,
  nodeAddress,
  type SessionId,
  type SwarmRole,
} from '@drydock/protocol';
import type { NodeHandle, NodeKey } from '../runtime/runtime.ts';
import { canBecome } from './node-states.ts';

/** A node as it is meant to be. */
export interface PlannedNode {
  sessionId: SessionId;
  name: string;
  index: number;
  ip: string;
  limits: NodeLimits;
  createdAt: number;
}

/** A node that runs, as the watchers, terminals and streams need it. */
export interface LiveNode extends PlannedNode {
  handle: NodeHandle;
}

/** What watchers tell of a node. */
export interface Observation {
  dockerReady?: boolean;
  swarm?: SwarmRole;
  ports?: NodePort[];
  usage?: NodeUsage;
}

/** One node in memory. It has no handle until it is made. */
export interface NodeEntry extends PlannedNode {
  handle: NodeHandle | undefined;
  state: NodeState;
  dockerReady: boolean;
  swarm: SwarmRole;
  ports: NodePort[];
  usage: NodeUsage | null;
  /** Ends everything that waits for this node. */
  ended: AbortController;
}

export interface NodeTable {
  add(node: PlannedNode, state: NodeState, handle?: NodeHandle): NodeEntry;
  find(sessionId: NodeKey['sessionId'], name: string): NodeEntry | undefined;
  ofSession(sessionId: SessionId): NodeEntry[];
  all(): NodeEntry[];
  /** Moves a node's state forward and tells it; a step backward is a mistake of ours and throws. */
  move(entry: NodeEntry, state: NodeState): void;
  /** Takes a node out and tells why it went. */
  remove(entry: NodeEntry, reason: 'deleted' | 'lost' | 'failed'): void;
  observe(entry: NodeEntry, observation: Observation): void;
  report(entry: NodeEntry): AgentNodeReport;
  onFact(listener: (fact: AgentFact) => void): () => void;
}

/** Builds an empty table. */
export function createNodeTable(): NodeTable {
  const entries = new Map<string, NodeEntry>();
  const listeners = new Set<(fact: AgentFact) => void>();
  const id = (sessionId: string, name: string) => `${sessionId}/${name}`;

  function tell(fact: AgentFact): void {
    for (const listener of listeners) listener(fact);
  }

  function report(entry: NodeEntry): AgentNodeReport {
    const { sessionId, name, ip, state, dockerReady, swarm, limits, usage, ports, createdAt } = entry;
    return { sessionId, name, ip, state, dockerReady, swarm, limits, usage, ports, createdAt };
  }

  return {
    add(node, state, handle) {
      const entry: NodeEntry = {
        ...node,
        handle,
        state,
        dockerReady: false,
        swarm: { role: 'none', leader: false },
        ports: [],
        usage: null,
        ended: new AbortController(),
      };
      // Every command that runs in the node waits for its end; a node's users decide how many do at a time.
      setMaxListeners(0, entry.ended.signal);
      entries.set(id(node.sessionId, node.name), entry);
      tell({ kind: 'node', node: report(entry) });
      return entry;
    },
    find: (sessionId, name) => entries.get(id(sessionId, name)),
    ofSession: (sessionId) => [...entries.values()].filter((entry) => entry.sessionId === sessionId),
    all: () => [...entries.values()],
    move(entry, state) {
      if (entry.state === state) return;
      if (!canBecome(entry.state, state)) throw new Error(`a node cannot go from ${entry.state} to ${state}`);
      entry.state = state;
      if (state !== 'running') entry.ended.abort();
      tell({ kind: 'node', node: report(entry) });
    },
    remove(entry, reason) {
      entries.delete(id(entry.sessionId, entry.name));
      entry.ended.abort();
      tell({ kind: 'node-gone', sessionId: entry.sessionId, name: entry.name, reason });
    },
    observe(entry, observation) {
      Object.assign(entry, observation);
      tell({ kind: 'node', node: report(entry) });
    },
    report,
    onFact(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The memory of a node from what is known when its making begins. */
export function plannedNode(
  spec: { sessionId: SessionId; node: string; index: number; limits: NodeLimits },
  createdAt: number,
): PlannedNode {
  const { sessionId, node, index, limits } = spec;
  return { sessionId, name: node, index, ip: nodeAddress(index), limits, createdAt };
}
