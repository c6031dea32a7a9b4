/** All hosts as their agents describe them: facts only, nothing that must survive this process. */
import type {
  AgentFact,
  AgentHello,
  AgentNodeReport,
  Capacity,
  HostFeatures,
  Refusals,
  SessionId,
  SwarmState,
  TerminalView,
  Traffic,
  Underlay,
  WatchedFacts,
} from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';

export interface Host {
  readonly name: string;
  readonly version: string;
  readonly state: 'connected' | 'draining' | 'lost';
  readonly features: HostFeatures;
  readonly capacity: Capacity;
  /** Where other hosts reach it; undefined: its sessions stay on it. */
  readonly underlay?: Underlay | undefined;
  /** Its agent looks at nodes for labs. */
  readonly labs: boolean;
  /** Since when it is in that state (ms since the epoch). */
  readonly since: number;
}

/** What listeners hear; `nodes` are the session and name of every node whose picture changed. */
export type HostEvent =
  | { kind: 'connected' | 'lost'; host: string }
  | { kind: 'node'; host: string; report: AgentNodeReport }
  | { kind: 'ports'; host: string; sessionId: SessionId; node: string }
  | { kind: 'node-gone'; host: string; sessionId: SessionId; node: string; reason: 'deleted' | 'lost' | 'failed' }
  | { kind: 'capacity'; host: string }
  | { kind: 'event'; host: string; sessionId: SessionId; event: Extract<AgentFact, { kind: 'event' }>['event'] }
  | { kind: 'swarm'; host: string; sessionId: SessionId; swarm: SwarmState }
  | { kind: 'terminal'; host: string; sessionId: SessionId; terminal: TerminalView }
  | { kind: 'floor'; host: string; sessionId: SessionId; action: 'freeze' | 'thaw' | 'end'; reason: string }
  | { kind: 'lab'; host: string; sessionId: SessionId; node: string; facts: WatchedFacts }
  | { kind: 'refusals'; host: string; sessionId: SessionId; refused: Refusals }
  | { kind: 'traffic'; host: string; sessionId: SessionId; traffic: Traffic };

export interface HostRegistry {
  /** A host's agent connected and told all it has; replaces what was known. */
  hello(name: string, hello: AgentHello): void;
  /** A fact of a connected host. */
  fact(name: string, fact: AgentFact): void;
  /** A node's report that came as the answer of a command. */
  report(name: string, report: AgentNodeReport): void;
  /** The agent's link broke. What it told is kept: the nodes live on. */
  lost(name: string): void;
  /** Takes a host out of placement, or back in. */
  drain(name: string, draining: boolean): void;
  get(name: string): Host | undefined;
  isConnected(name: string): boolean;
  list(): Host[];
  /** What the host last said of a node. */
  nodeReport(host: string, sessionId: SessionId, node: string): AgentNodeReport | undefined;
  onEvent(listener: (event: HostEvent) => void): () => void;
}

interface Entry {
  host: Host;
  nodes: Map<string, AgentNodeReport>;
}

const keyOf = (sessionId: SessionId, node: string) => `${sessionId}/${node}`;

/** Builds an empty registry. */
export function createHostRegistry({ clock }: { clock: Clock }): HostRegistry {
  const entries = new Map<string, Entry>();
  const drained = new Set<string>();
  const listeners = new Set<(event: HostEvent) => void>();
  const publish = (event: HostEvent) => {
    for (const listener of listeners) listener(event);
  };

  function setReport(name: string, report: AgentNodeReport): void {
    const entry = entries.get(name);
    if (entry === undefined) return;
    const key = keyOf(report.sessionId, report.name);
    const before = entry.nodes.get(key);
    entry.nodes.set(key, report);
    publish({ kind: 'node', host: name, report });
    if (JSON.stringify(before?.ports ?? []) !== JSON.stringify(report.ports)) {
      publish({ kind: 'ports', host: name, sessionId: report.sessionId, node: report.name });
    }
  }

  function setPorts(name: string, entry: Entry, fact: Extract<AgentFact, { kind: 'ports' }>): void {
    const report = entry.nodes.get(keyOf(fact.sessionId, fact.node));
    if (report === undefined) return;
    entry.nodes.set(keyOf(fact.sessionId, fact.node), { ...report, ports: fact.ports });
    publish({ kind: 'ports', host: name, sessionId: fact.sessionId, node: fact.node });
  }

  function applyFact(name: string, fact: AgentFact): void {
    const entry = entries.get(name);
    if (entry === undefined) return;
    switch (fact.kind) {
      case 'node':
        setReport(name, fact.node);
        break;
      case 'node-gone': {
        const { sessionId, name: node, reason } = fact;
        entry.nodes.delete(keyOf(sessionId, node));
        publish({ kind: 'node-gone', host: name, sessionId, node, reason });
        break;
      }
      case 'ports':
        setPorts(name, entry, fact);
        break;
      case 'terminal':
        publish({ kind: 'terminal', host: name, sessionId: fact.sessionId, terminal: fact.terminal });
        break;
      case 'capacity':
        entry.host = { ...entry.host, capacity: fact.capacity };
        publish({ kind: 'capacity', host: name });
        break;
      case 'swarm':
        publish({ kind: 'swarm', host: name, sessionId: fact.sessionId, swarm: fact.swarm });
        break;
      case 'lab': {
        const { sessionId, node, facts } = fact;
        publish({ kind: 'lab', host: name, sessionId, node, facts });
        break;
      }
      case 'refusals':
        publish({ kind: 'refusals', host: name, sessionId: fact.sessionId, refused: fact.refused });
        break;
      case 'traffic':
        publish({ kind: 'traffic', host: name, sessionId: fact.sessionId, traffic: fact.traffic });
        break;
      case 'floor': {
        const { sessionId, action, reason } = fact;
        publish({ kind: 'floor', host: name, sessionId, action, reason });
        break;
      }
      case 'event':
        publish({ kind: 'event', host: name, sessionId: fact.sessionId, event: fact.event });
        break;
    }
  }

  return {
    hello(name, { version, capabilities: features, capacity, underlay, nodes, labs = false }) {
      const state = drained.has(name) ? 'draining' : 'connected';
      entries.set(name, {
        host: { name, version, features, capacity, underlay, labs, state, since: clock.now() },
        nodes: new Map(nodes.map((report) => [keyOf(report.sessionId, report.name), report])),
      });
      publish({ kind: 'connected', host: name });
    },
    fact: applyFact,
    report: setReport,
    lost(name) {
      const entry = entries.get(name);
      if (entry === undefined || entry.host.state === 'lost') return;
      entry.host = { ...entry.host, state: 'lost', since: clock.now() };
      publish({ kind: 'lost', host: name });
    },
    drain(name, draining) {
      if (draining) drained.add(name);
      else drained.delete(name);
      const entry = entries.get(name);
      if (entry === undefined || entry.host.state === 'lost') return;
      entry.host = { ...entry.host, state: draining ? 'draining' : 'connected' };
      publish({ kind: 'capacity', host: name });
    },
    get: (name) => entries.get(name)?.host,
    isConnected: (name) => {
      const state = entries.get(name)?.host.state;
      return state === 'connected' || state === 'draining';
    },
    list: () => [...entries.values()].map(({ host }) => host),
    nodeReport: (host, sessionId, node) => entries.get(host)?.nodes.get(keyOf(sessionId, node)),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
