/** What Prometheus sees (edge/operator/operator-listener.ts serves it), and the last errors. */
import type { DrydockError, ErrorCode } from '@drydock/protocol';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from an echo to a cold boot. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** Errors of ours that are remembered for an operator who looks. */
const LAST_ERRORS = 50;

type GaugeValues = Iterable<[labels: Record<string, string>, value: number]>;
/** Reads a gauge's values at the moment when they are asked for. */
export type GaugeRead = () => GaugeValues | Promise<GaugeValues>;

/** An error that was told to a caller. */
export interface SeenError {
  at: number;
  code: ErrorCode;
  /** Route or call. */
  where: string;
  requestId?: string;
  sessionId?: string;
  /** The cause's own sentence, where there is one. */
  cause?: string;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Builds the registry; `collect` functions are set by the wiring. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauges = new Map<string, GaugeRead>();

  const seen: SeenError[] = [];
  const errors = new Counter({
    name: 'drydock_errors_total',
    help: 'Errors told to callers, by code.',
    labelNames: ['code'],
    registers,
  });

  return {
    registry,
    /** Counts an error that is told to a caller; those of our side (5xx) are remembered too. */
    countError(error: DrydockError, fields: Omit<SeenError, 'at' | 'code' | 'cause'>): void {
      errors.inc({ code: error.code });
      if (error.status < 500) return;
      const cause = error.cause instanceof Error ? { cause: error.cause.message.slice(0, 200) } : {};
      seen.push({ at: Date.now(), code: error.code, ...fields, ...cause });
      if (seen.length > LAST_ERRORS) seen.shift();
    },
    /** The last errors of our side, the newest last. */
    lastErrors: (): readonly SeenError[] => [...seen],
    networkBytes: new Counter({
      name: 'drydock_network_bytes_total',
      help: 'Bytes of sessions to (sent) and from (received) the outside, by host.',
      labelNames: ['host', 'direction'],
      registers,
    }),
    commandSeconds: new Histogram({
      name: 'drydock_agent_command_seconds',
      help: 'Time from sending a command to its answer.',
      labelNames: ['command'],
      buckets: BUCKETS,
      registers,
    }),
    /** `from`: `pool` when the agent gave a booted node, `cold` when one had to boot; an old agent says neither and is not counted. */
    nodeStartSeconds: new Histogram({
      name: 'drydock_node_start_seconds',
      help: 'Time until a node runs: claimed from the pool, or booted.',
      labelNames: ['from'],
      buckets: BUCKETS,
      registers,
    }),
    attachSeconds: new Histogram({
      name: 'drydock_terminal_attach_seconds',
      help: 'Time until a page is attached to a terminal.',
      buckets: BUCKETS,
      registers,
    }),
    echoSeconds: new Histogram({
      name: 'drydock_terminal_echo_seconds',
      help: 'Time from typed bytes that arrive to the next bytes of that terminal that leave.',
      buckets: BUCKETS,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'drydock_http_request_seconds',
      help: 'Time of API requests.',
      labelNames: ['route', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    portRequests: new Counter({
      name: 'drydock_port_requests_total',
      help: 'Requests to published ports, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    refusedConnections: new Counter({
      name: 'drydock_refused_connections_total',
      help: 'Connections and sockets that were refused since their address held too many, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    /** Adds a gauge whose values are read when they are asked for. */
    gauge(name: string, help: string, labelNames: string[], read: GaugeRead): void {
      gauges.set(name, read);
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        async collect() {
          const values = (await gauges.get(name)?.()) ?? [];
          this.reset();
          for (const [labels, value] of values) this.set(labels, value);
        },
      });
    },
    /** Adds the process's own figures (cpu, memory, event loop). */
    collectProcess(): void {
      collectDefaultMetrics({ register: registry });
    },
  };
}
