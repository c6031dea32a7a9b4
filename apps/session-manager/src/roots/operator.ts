/** What an operator sees and orders. */
import { addOperatorGauges } from '../edge/operator/operator-gauges.ts';
import { createOperatorSignIn, LINK_MINUTES } from '../edge/operator/operator-sign-in.ts';
import { createOperatorStatus } from '../edge/operator/operator-status.ts';
import { createProcessHealths } from '../edge/operator/process-healths.ts';
import { countRefusals } from '../edge/operator/refusal-counts.ts';
import { createClientNames } from '../operator/client-names.ts';
import { createOperatorPart } from '../operator/operator.ts';
import { createOrders } from '../operator/orders.ts';
import { siteCalls } from '../operator/site-calls.ts';
import { createTrafficMeter } from '../operator/traffic-meter.ts';
import { createAddressLimit } from '../scheduling/address-limit.ts';
import type { Core } from './core.ts';
import type { Embeds } from './embeds.ts';
import type { Hosts } from './hosts.ts';
import type { Sessions } from './sessions.ts';
import type { Sockets } from './sockets.ts';

export type Operator = ReturnType<typeof createOperator>;

/** Builds it, and begins to measure, to count and to look. */
export function createOperator(
  core: Core,
  parts: { hosts: Hosts; sessions: Sessions; embeds: Embeds; sockets: Sockets },
) {
  const { hosts, sessions, embeds, sockets } = parts;
  const { settings, store, clock, logger, cleanup, base } = core;
  const { metrics, origins } = base;
  const { registry, book, connections } = hosts;
  const { directory, service, admission } = sessions;
  const secret = settings.managerSecret;

  const clients = createClientNames({ record: settings.auditAddress, secret });
  const orders = createOrders({ store: store.operator, names: clients, clock, logger });
  cleanup.add('orders', () => orders.stop());
  const tries = createAddressLimit({ clock, ...settings.rates.wrongTokens });
  const signIn = createOperatorSignIn({ tickets: store.tickets, origins, tries, secret, clock, logger });
  const refusals = countRefusals({ hosts: registry, metrics, isOpen: (id) => directory.get(id) !== undefined });
  const traffic = createTrafficMeter({
    hosts: registry,
    createdAt: (id) => directory.get(id)?.createdAt,
    onBytes: (host, direction, bytes) => metrics.networkBytes.inc({ host, direction }, bytes),
    clock,
  });
  cleanup.add('traffic', () => traffic.stop());
  cleanup.add('refusals', () => refusals.stop());
  addOperatorGauges({ metrics, directory, orders });
  const { webUrl } = settings;
  const processes = createProcessHealths({
    own: core.watch.health,
    hosts: registry,
    webUrl: webUrl === undefined ? undefined : `${webUrl}${origins.basePath}`,
    metrics,
    clock,
    logger,
  });
  const status = createOperatorStatus({
    version: settings.version,
    directory,
    hosts: { registry, book },
    metrics,
    admission,
    sockets: () => sockets.pages.sockets(),
    processes: processes.read,
  });
  function drop(host: string): void {
    connections.drop(host);
    hosts.terminalStreams.drop(host);
  }
  const part = createOperatorPart({
    store: store.operator,
    sessions: { directory, service },
    hosts: { registry, commands: connections, book, drop },
    orders,
    seen: {
      status,
      waiting: admission.waiting,
      refusals: refusals.of,
      traffic: traffic.of,
      newLink: async () => ({ url: await signIn.newLink(), minutes: LINK_MINUTES }),
    },
    cpuRule: settings.cpuRule,
    base: { clock, logger },
  });
  cleanup.add('operator', () => part.stop());
  return {
    clients,
    orders,
    signIn,
    calls: [...part.calls, ...siteCalls({ ...embeds, trail: part.trail, publicBase: () => origins.publicBase })],
  };
}
