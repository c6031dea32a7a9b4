/** The gauges of a manager: read from its parts when Prometheus asks. */
import type { Admission } from '../../scheduling/admission.ts';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { AgentStreams } from '../agents/agent-streams.ts';
import type { Metrics } from '../base/metrics.ts';

export interface GaugeDeps {
  metrics: Metrics;
  directory: SessionDirectory;
  hosts: HostRegistry;
  streams: AgentStreams;
  /** Sockets of each kind that are connected. */
  sockets: { pages(): number; terminals(): number };
  admission: Pick<Admission, 'capacity' | 'waiting'>;
}

/** Adds them all. */
export function addGauges({ metrics, directory, hosts, streams, sockets, admission }: GaugeDeps): void {
  const inState = (wanted: string) => [...directory.all()].filter(({ state }) => state === wanted).length;
  metrics.gauge('drydock_sessions', 'Open sessions.', [], () => [[{}, directory.count()]]);
  metrics.gauge(
    'drydock_sessions_in_grace',
    'Sessions that have ended and whose files can still be fetched.',
    [],
    () => [[{}, inState('retained')]],
  );
  metrics.gauge('drydock_sockets', 'Connected workbenches.', [], () => [[{}, sockets.pages()]]);
  metrics.gauge('drydock_terminal_sockets', 'Connected terminal sockets of workbenches.', [], () => [
    [{}, sockets.terminals()],
  ]);
  metrics.gauge('drydock_streams', 'Open byte streams of agents.', [], () => [[{}, streams.count()]]);
  metrics.gauge('drydock_capacity_nodes', 'Nodes that the connected hosts take in all.', [], () => [
    [{}, admission.capacity().nodes],
  ]);
  metrics.gauge('drydock_capacity_free', 'Nodes that the connected hosts still take.', [], () => [
    [{}, admission.capacity().free],
  ]);
  metrics.gauge('drydock_queue', 'Those who wait for room.', [], async () => {
    // A store that is away has no line to tell of.
    const length = await admission.waiting().catch(() => undefined);
    return length === undefined ? [] : [[{}, length]];
  });
  metrics.gauge('drydock_nodes', 'Nodes placed on each host.', ['host'], () =>
    hosts.list().map(({ name }) => [{ host: name }, directory.placed(name)]),
  );
  metrics.gauge('drydock_nodes_max', 'Nodes that each host takes.', ['host'], () =>
    hosts.list().map(({ name, capacity: own }) => [{ host: name }, own.maxNodes]),
  );
  metrics.gauge('drydock_pool', 'Booted nodes that belong to nobody.', ['host'], () =>
    hosts.list().map(({ name, capacity: own }) => [{ host: name }, own.pool]),
  );
  metrics.gauge('drydock_remains', 'Nodes that a host could not remove yet.', ['host'], () =>
    hosts.list().map(({ name, capacity: own }) => [{ host: name }, own.remains ?? 0]),
  );
  metrics.gauge(
    'drydock_terminal_breaks',
    'How often a host’s agent has lost the terminal host since it started.',
    ['host'],
    () => hosts.list().map(({ name, capacity: own }) => [{ host: name }, own.terminalBreaks ?? 0]),
  );
  metrics.gauge('drydock_host_connected', 'Whether the host’s agent is connected.', ['host'], () =>
    hosts.list().map(({ name }) => [{ host: name }, hosts.isConnected(name) ? 1 : 0]),
  );
  metrics.gauge('drydock_host_draining', 'Whether the host takes no new nodes by an operator’s order.', ['host'], () =>
    hosts.list().map(({ name, state }) => [{ host: name }, state === 'draining' ? 1 : 0]),
  );
}
