/** What `npm run status` shows an operator: hosts, sessions, capacity, queue, and the last errors. */
import type { Admission } from '../../scheduling/admission.ts';
import type { HostBook } from '../../scheduling/host-book.ts';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Metrics } from '../base/metrics.ts';
import type { HealthOfHost } from './process-healths.ts';

export interface OperatorStatusDeps {
  version: string;
  directory: SessionDirectory;
  hosts: { registry: HostRegistry; book: HostBook };
  metrics: Metrics;
  admission: Pick<Admission, 'capacity' | 'waiting'>;
  sockets(): number;
  processes(): Promise<HealthOfHost[]>;
}

/** Builds the answer; each call takes it anew. */
export function createOperatorStatus(deps: OperatorStatusDeps) {
  const { version, directory, metrics, sockets, processes } = deps;
  const { registry: hosts, book } = deps.hosts;
  const { capacity, waiting } = deps.admission;
  return async () => {
    const sessions = { active: 0, retained: 0, closing: 0, closed: 0 };
    for (const { state } of directory.all()) sessions[state] += 1;
    const seen = new Set(hosts.list().map(({ name }) => name));
    const away = Object.entries(book.entries()).filter(([name]) => !seen.has(name));
    return {
      version,
      hosts: [
        ...hosts.list().map(({ name, state, since, version: agent, capacity: own }) => ({
          name,
          state,
          since,
          version: agent,
          nodes: directory.placed(name),
          maxNodes: own.maxNodes,
          pool: own.pool,
          remains: own.remains ?? 0,
          draining: state === 'draining' || book.entries()[name]?.draining === true,
        })),
        // Joined, but never connected since this manager started.
        ...away.map(([name, { draining = false }]) => ({
          name,
          state: 'unseen',
          nodes: directory.placed(name),
          draining,
        })),
      ],
      sessions,
      sockets: sockets(),
      capacity: capacity(),
      queue: await waiting().catch(() => null),
      errors: metrics.lastErrors(),
      processes: await processes(),
    };
  };
}
