/** What Prometheus sees, on a listener of its own that is not public. */
import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from an echo to a cold boot. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

export type Metrics = ReturnType<typeof createMetrics>;

/** Builds the registry; `collect` functions are set by the wiring. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauges = new Map<string, () => Iterable<[labels: Record<string, string>, value: number]>>();

  return {
    registry,
    errors: new Counter({
      name: 'drydock_errors_total',
      help: 'Errors told to callers, by code.',
      labelNames: ['code'],
      registers,
    }),
    commandSeconds: new Histogram({
      name: 'drydock_agent_command_seconds',
      help: 'Time from sending a command to its answer.',
      labelNames: ['command'],
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
    /** Adds a gauge whose values are read when they are asked for. */
    gauge(
      name: string,
      help: string,
      labelNames: string[],
      read: () => Iterable<[Record<string, string>, number]>,
    ): void {
      gauges.set(name, read);
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          for (const [labels, value] of gauges.get(name)?.() ?? []) this.set(labels, value);
        },
      });
    },
    /** Adds the process's own figures (cpu, memory, event loop). */
    collectProcess(): void {
      collectDefaultMetrics({ register: registry });
    },
  };
}

/** Serves `GET /metrics`; resolves when it listens. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
