/** How sessions, nodes and ports look from outside: what is stored joined with what the hosts report. */
import {
  type AgentNodeReport,
  CLOSED_PORTS,
  type NodePort,
  type NodeView,
  type PublishedPort,
  type SessionId,
  type SessionView,
} from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { frozenOf, maxNodesOf, type NodeRecord, publicPortsOf, type SessionRecord } from '../model/session.ts';
import { addressOf } from '../model/session-nodes.ts';
import { rewritesHost } from '../model/session-sharing.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';

export interface SessionViews {
  session(record: SessionRecord): SessionView;
  node(record: SessionRecord, node: NodeRecord): NodeView;
  ports(record: SessionRecord, node: NodeRecord): PublishedPort[];
}

export interface SessionViewDeps {
  hosts: Pick<HostRegistry, 'get' | 'isConnected' | 'nodeReport' | 'list'>;
  clock: Clock;
  maxNodes: number;
  /** The longest that a session may last, extensions included (ms). */
  maxSessionMs: number;
  /** The public address of a port; known only when the listener is. */
  portUrl(sessionId: SessionId, node: string, port: number | string): string;
}

/** Shown as limits of nodes while no host has told its own. */
const UNKNOWN_LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };

function stateOf(node: NodeRecord, report: AgentNodeReport | undefined): NodeView['state'] {
  if (node.state === 'lost' || node.state === 'destroying') return node.state;
  if (node.state === 'creating') return 'creating';
  return report?.state ?? 'running';
}

/** Builds the views; they read, and change nothing. */
export function createSessionViews({ hosts, clock, maxNodes, maxSessionMs, portUrl }: SessionViewDeps): SessionViews {
  const reportOf = (record: SessionRecord, node: NodeRecord) => hosts.nodeReport(node.host, record.id, node.name);

  function openPorts(ports: readonly NodePort[]): NodePort[] {
    return ports.filter(({ port }) => !CLOSED_PORTS.includes(port));
  }

  function node(record: SessionRecord, entry: NodeRecord): NodeView {
    const report = reportOf(record, entry);
    return {
      name: entry.name,
      ip: addressOf(entry),
      state: stateOf(entry, report),
      dockerReady: report?.dockerReady ?? false,
      swarm: report?.swarm ?? { role: 'none', leader: false },
      limits: entry.limits,
      usage: report?.usage ?? null,
      ports: openPorts(report?.ports ?? []),
      createdAt: entry.createdAt,
      host: entry.host,
      reachable: entry.state !== 'lost' && hosts.isConnected(entry.host),
    };
  }

  function latestEnd({ embed, createdAt, expiresAt }: SessionRecord): number {
    return embed === undefined ? Math.max(expiresAt, createdAt + maxSessionMs) : expiresAt;
  }

  return {
    node,
    session(record) {
      const home = record.nodes[0]?.host;
      const frozen = frozenOf(record);
      const host = (home === undefined ? undefined : hosts.get(home)) ?? hosts.list()[0];
      return {
        id: record.id,
        name: record.name,
        state: record.state,
        createdAt: record.createdAt,
        expiresAt: record.expiresAt,
        latestExpiresAt: latestEnd(record),
        now: clock.now(),
        limits: { nodes: maxNodesOf(record, maxNodes), node: host?.capacity.defaultLimits ?? UNKNOWN_LIMITS },
        nodes: record.nodes.map((entry) => node(record, entry)),
        features: host?.features ?? null,
        template: record.template,
        ...(frozen === undefined ? {} : { frozen: { reason: frozen.reason } }),
        ...(record.lab === undefined ? {} : { lab: record.lab }),
        portUrl: portUrl(record.id, '{node}', '{port}'),
      };
    },
    ports(record, entry) {
      return openPorts(reportOf(record, entry)?.ports ?? []).map((port) => ({
        ...port,
        url: portUrl(record.id, entry.name, port.port),
        ...portSettings(record, entry.name, port.port),
      }));
    },
  };
}

/** Who may open a port, and what Host its program sees. */
export function portSettings(
  record: SessionRecord,
  node: string,
  port: number,
): Pick<PublishedPort, 'visibility' | 'host'> {
  return {
    visibility: publicPortsOf(record).includes(`${node}:${port}`) ? 'public' : 'private',
    host: rewritesHost(record, node, port) ? 'rewrite' : 'keep',
  };
}
