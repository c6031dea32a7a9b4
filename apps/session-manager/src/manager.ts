/** Puts the manager together: its roots in the order in which they need one another. */
import type { AddressInfo, Server } from 'node:net';
import type { Clock, Logger, ProcessWatch } from '@drydock/service-kit';
import { serveOperator } from './edge/operator/operator-listener.ts';
import { createCore } from './roots/core.ts';
import { createEdge } from './roots/edge.ts';
import { createEmbeds } from './roots/embeds.ts';
import { createHosts } from './roots/hosts.ts';
import { createLabs } from './roots/labs.ts';
import { createLive } from './roots/live.ts';
import { createOperator } from './roots/operator.ts';
import { createSessions } from './roots/sessions.ts';
import { createSockets } from './roots/sockets.ts';
import { createSessionDirectory } from './sessions/session-directory.ts';
import type { ManagerSettings } from './settings.ts';
import type { Store } from './store/store.ts';

export interface Manager {
  readonly port: number;
  readonly origin: string;
  readonly metricsPort: number | undefined;
  close(): Promise<void>;
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Starts a manager over a store: learns the sessions, listens, and goes on with what was under way. */
export async function startManager(
  settings: ManagerSettings,
  deps: { store: Store; clock: Clock; logger: Logger; watch: ProcessWatch },
): Promise<Manager> {
  const core = createCore(settings, deps);
  const { cleanup, logger, base } = core;
  // All roots look at the records: they are learned first and let go last.
  const directory = createSessionDirectory({ store: deps.store.sessions, logger });
  cleanup.add('directory', () => directory.close());
  const hosts = createHosts(core);
  const live = createLive(core, hosts, directory);
  const sessions = createSessions(core, hosts, directory);
  const labs = createLabs(core, hosts, sessions, live);
  const embeds = createEmbeds(core, sessions, labs);
  const sockets = createSockets(core, { hosts, sessions, live, labs });
  const operator = createOperator(core, { hosts, sessions, embeds, sockets });
  const listener = await createEdge(core, { hosts, sessions, live, labs, embeds, sockets, operator });

  // First everything is known, then callers are let in.
  await directory.start();
  await hosts.book.start();
  await operator.orders.start();
  await labs.book.start();
  await hosts.presence.start();
  sessions.start();
  try {
    base.address.port = await listen(listener.server, settings.host, settings.port);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  cleanup.add('listener', () => listener.close());
  const metricsServer =
    settings.metrics === undefined
      ? undefined
      : await serveOperator(
          {
            metrics: base.metrics,
            calls: operator.calls,
            logger,
            secret: settings.managerSecret,
            origins: base.origins,
          },
          settings.metrics.host,
          settings.metrics.port,
        );
  cleanup.add('metrics', () => metricsServer?.close());
  const { publicOrigin: origin } = base.origins;
  logger.info({ origin, port: base.address.port }, 'manager listens');
  return {
    port: base.address.port,
    origin,
    metricsPort: (metricsServer?.address() as AddressInfo | undefined)?.port,
    close: () => cleanup.run(),
  };
}
