/** Sessions and usage as operators see them: from outside. */
import type { OperatorSession, Refusals, SessionId, Traffic, UsageEntry } from '@drydock/protocol';
import { frozenOf, type SessionRecord } from '../model/session.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface OperatorViews {
  session(record: SessionRecord): OperatorSession;
  /** Sessions that are not closed, the one with most processor use first. */
  sessions(): OperatorSession[];
  /** Use by client and by person, the largest first. */
  usage(): UsageEntry[];
}

/** Builds the views; they read, and change nothing. */
export function createOperatorViews(deps: {
  directory: Pick<SessionDirectory, 'all'>;
  hosts: Pick<HostRegistry, 'nodeReport' | 'isConnected'>;
  meter: Pick<UsageMeter, 'cpuSeconds'>;
  traffic(sessionId: SessionId): Traffic;
  refusals(sessionId: SessionId): Refusals;
}): OperatorViews {
  const { directory, hosts, meter, traffic, refusals } = deps;

  function session(record: SessionRecord): OperatorSession {
    const nodes = record.nodes.map(({ name, host, state, limits }) => {
      const usage = hosts.isConnected(host) ? hosts.nodeReport(host, record.id, name)?.usage : undefined;
      const maxCpus = limits.cpus;
      const cpus = usage ? usage.cpu * maxCpus : null;
      return { name, host, state, cpus, maxCpus, memoryBytes: usage?.memoryBytes ?? null };
    });
    const { id, state, template, createdAt, expiresAt } = record;
    return {
      id,
      state,
      template,
      createdAt,
      expiresAt,
      nodes,
      client: record.client ?? null,
      person: record.userId ?? null,
      hosts: [...new Set(nodes.map(({ host }) => host))],
      cpus: nodes.reduce((sum, { cpus }) => sum + (cpus ?? 0), 0),
      cpuSeconds: meter.cpuSeconds(id),
      network: traffic(id),
      refused: refusals(id),
      note: record.note ?? null,
      frozen: frozenOf(record) ?? null,
      flag: record.flag ?? null,
    };
  }

  const sessions = () => [...directory.all()].map(session).sort((a, b) => b.cpus - a.cpus);

  return {
    session,
    sessions,
    usage() {
      const entries = new Map<string, UsageEntry>();
      for (const each of sessions()) {
        for (const [kind, who] of [
          ['client', each.client],
          ['person', each.person],
        ] as const) {
          if (who === null) continue;
          const key = `${kind} ${who}`;
          const none = { sessions: 0, nodes: 0, cpus: 0, cpuSeconds: 0, sentBytes: 0, receivedBytes: 0 };
          const entry = entries.get(key) ?? { kind, who, ...none };
          entry.sessions += 1;
          entry.nodes += each.nodes.length;
          entry.cpus += each.cpus;
          entry.cpuSeconds += each.cpuSeconds;
          entry.sentBytes += each.network.sentBytes;
          entry.receivedBytes += each.network.receivedBytes;
          entries.set(key, entry);
        }
      }
      return [...entries.values()].sort((a, b) => b.cpuSeconds - a.cpuSeconds || b.sessions - a.sessions);
    },
  };
}
