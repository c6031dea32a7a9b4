/** The public edge: ports, API and pages behind one listener. */
import { createConnectionBounds } from '../edge/door/connection-bounds.ts';
import { createFrontDoor } from '../edge/door/front-door.ts';
import { createListener, type Listener } from '../edge/door/listener.ts';
import { createTlsFiles } from '../edge/door/tls-files.ts';
import { createWebProxy } from '../edge/door/web-proxy.ts';
import { createEmbedDoor } from '../edge/embed/embed-door.ts';
import { createStartLinks } from '../edge/embed/start-links.ts';
import { addGauges } from '../edge/operator/gauges.ts';
import { createPortAccess } from '../edge/ports/access.ts';
import { createPortGateway } from '../edge/ports/gateway.ts';
import { createPortTable } from '../edge/ports/labels.ts';
import { createPortLimits } from '../edge/ports/limits.ts';
import { createPortProxy } from '../edge/ports/proxy.ts';
import { createTcpGateway } from '../edge/ports/tcp-gateway.ts';
import { createApi, type Parts } from './api.ts';
import type { Core } from './core.ts';

/** What leads to ports of nodes. */
function createPorts(core: Core, { hosts, sessions, sockets }: Parts) {
  const { settings, store, clock, logger, cleanup, base } = core;
  const { metrics, origins } = base;
  const { streams } = hosts;
  const table = createPortTable({ directory: sessions.directory, clock });
  const limits = createPortLimits(settings.portLimits, clock);
  const proxy = createPortProxy({ streams, table, limits, origins, metrics, clock, logger });
  cleanup.add('port proxy', () => proxy.close());
  const tcp = createTcpGateway({ tokens: sockets.tokens, table, streams, limits, origins, metrics, logger });
  cleanup.add('tcp gateway', () => tcp.close());
  const gateway = createPortGateway({
    table,
    access: createPortAccess({ secret: settings.managerSecret, secure: origins.secure, clock }),
    proxy,
    tickets: store.tickets,
    origins,
    settings: { maxSessionHours: settings.maxSessionHours, warnStrangers: settings.warnStrangers },
    logger,
  });
  return { tcp, gateway };
}

/** Builds the listener and all that is behind it; nothing listens yet. */
export async function createEdge(core: Core, parts: Parts): Promise<Listener> {
  const { settings, logger, cleanup, base } = core;
  const { metrics, origins } = base;
  const { hosts, sessions, sockets, operator } = parts;

  const { tcp, gateway } = createPorts(core, parts);
  const routes = await createApi(core, parts, gateway);
  cleanup.add('routes', () => routes.close());
  const web = createWebProxy({ webUrl: settings.webUrl, origins, logger });
  cleanup.add('web proxy', () => web.close());
  const { sites, scripts } = parts.embeds;
  const links = createStartLinks({ book: parts.labs.book, origins, mode: settings.embed, scripts });
  const embed = createEmbedDoor({ sites, scripts, links, web, origins, logger });
  cleanup.add('terminal sockets', () => sockets.terminals.close());
  cleanup.add('sockets', () => Promise.all([sockets.servers.browsers.io.close(), sockets.servers.agents.io.close()]));
  // What is being made is left to the next manager, and not taken back because our own links break.
  cleanup.add('nodes', () => sessions.nodes.stop());
  addGauges({
    metrics,
    directory: sessions.directory,
    hosts: hosts.registry,
    streams: hosts.streams,
    sockets: { pages: sockets.pages.sockets, terminals: sockets.terminals.sockets },
    admission: sessions.admission,
  });

  const frontDoor = createFrontDoor({
    origins,
    to: { routes, ports: gateway, tcp, web, embed, streams: hosts.streams, terminals: sockets.terminals },
    sockets: { browsers: sockets.servers.browsers.http, agents: sockets.servers.agents.http },
    isBlocked: (request) => operator.orders.isBlocked(origins.clientAddress(request)),
    tls: settings.tls !== undefined,
    logger,
  });
  const bounds = createConnectionBounds({
    max: settings.addressBounds.connections,
    uncounted: [settings.addressBounds.uncounted, settings.trustedProxies],
    isHost: hosts.connections.speaksFrom,
    onRefused: () => metrics.refusedConnections.inc({ kind: 'connection' }),
  });
  const tls = settings.tls === undefined ? undefined : createTlsFiles(settings.tls, logger);
  return createListener(frontDoor, core.watch.errors, tls, bounds);
}
