/** Puts the manager together: the only file that knows all parts. */
import type { AddressInfo, Server } from 'node:net';
import { type Clock, createCleanupStack, type Logger } from '@drydock/service-kit';
import { createAgentConnections } from './edge/agents/agent-connections.ts';
import { createAgentGateway } from './edge/agents/agent-gateway.ts';
import { type AgentKeys, createAgentKeys } from './edge/agents/agent-keys.ts';
import { createAgentStreams } from './edge/agents/agent-streams.ts';
import { createTerminalStreams, passStreamEvent, streamFirst } from './edge/agents/terminal-streams.ts';
import { createHttpRoutes } from './edge/api/http-routes.ts';
import { createSignIn } from './edge/api/sign-in.ts';
import { createMetrics } from './edge/base/metrics.ts';
import { createOrigins } from './edge/base/origins.ts';
import { createTokens } from './edge/base/tokens.ts';
import { createConnectionBounds } from './edge/door/connection-bounds.ts';
import { createFrontDoor } from './edge/door/front-door.ts';
import { createListener } from './edge/door/listener.ts';
import { createSocketServers } from './edge/door/socket-servers.ts';
import { createTlsFiles } from './edge/door/tls-files.ts';
import { createWebProxy } from './edge/door/web-proxy.ts';
import { addGauges } from './edge/operator/gauges.ts';
import { createOperatorEdge } from './edge/operator/operator-edge.ts';
import { serveOperator } from './edge/operator/operator-listener.ts';
import { createBrowserGateway } from './edge/pages/browser-gateway.ts';
import { createTerminalGateway } from './edge/pages/terminal-gateway.ts';
import { createPortAccess } from './edge/ports/access.ts';
import { createPortGateway } from './edge/ports/gateway.ts';
import { createPortTable } from './edge/ports/labels.ts';
import { createPortLimits } from './edge/ports/limits.ts';
import { createPortProxy } from './edge/ports/proxy.ts';
import { createTcpGateway } from './edge/ports/tcp-gateway.ts';
import { createForgeSource } from './labs/forge/forge-source.ts';
import { createLabBook } from './labs/lab-book.ts';
import { createLabStarts } from './labs/lab-starts.ts';
import { createLabWork } from './labs/lab-work.ts';
import { createLabs } from './labs/labs.ts';
import { createNodeReach } from './labs/node-reach.ts';
import { createSessionBus } from './live/bus.ts';
import { createSessionFeed } from './live/feed.ts';
import { createPeople } from './live/people.ts';
import { createSessionViews } from './live/session-view.ts';
import { createTimeline } from './live/timeline.ts';
import { newId } from './model/links.ts';
import { createFactGate } from './nodes/fact-gate.ts';
import { createNodeService } from './nodes/node-service.ts';
import { createReconciler } from './nodes/reconcile.ts';
import { tellNetworks } from './nodes/session-networks.ts';
import { createClientNames } from './operator/client-names.ts';
import { createOrders } from './operator/orders.ts';
import { createTerminalRelay } from './relay/terminal-relay.ts';
import { createAddressLimit } from './scheduling/address-limit.ts';
import { createAddressShares } from './scheduling/address-shares.ts';
import { createAdmission } from './scheduling/admission.ts';
import { createHostBook } from './scheduling/host-book.ts';
import { createHostRegistry } from './scheduling/host-registry.ts';
import { createWorkGate } from './scheduling/work-gate.ts';
import { createExpiry } from './sessions/expiry.ts';
import { createGrace } from './sessions/grace.ts';
import { createManagerPresence } from './sessions/manager-presence.ts';
import { createReaper } from './sessions/reaper.ts';
import { createSessionDirectory } from './sessions/session-directory.ts';
import { createSessionService } from './sessions/session-service.ts';
import { createWarnings } from './sessions/warnings.ts';
import type { ManagerSettings } from './settings.ts';
import { createOidc } from './sign-in/oidc.ts';
import type { Store } from './store/store.ts';
import { createSwarmBoard } from './swarm/swarm-board.ts';
import { createSwarmReader } from './swarm/swarm-reader.ts';
import { createDockerReady } from './templates/docker-ready.ts';
import { createTemplateRunner } from './templates/template-runner.ts';
import { templateBook } from './templates/templates.ts';

/** Random letters of ids that the relay makes, after their prefix (ids.ts). */
const RELAY_ID_LETTERS = 15;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
  deps: { store: Store; clock: Clock; logger: Logger },
): Promise<Manager> {
  const { store, clock, logger } = deps;
  const idleMs = settings.idleMinutes * MINUTE_MS;
  const clients = createClientNames({ record: settings.auditAddress, secret: settings.managerSecret });
  const { maxNodes, egress, version, sessionHours, maxSessionHours, maxSessions } = settings;
  const cleanup = createCleanupStack((name, error) => logger.error({ err: error, name }, 'cleanup failed'));
  const metrics = createMetrics();
  let port = settings.port;
  const origins = createOrigins({ ...settings, tls: settings.tls !== undefined, port: () => port });

  const directory = createSessionDirectory({ store: store.sessions, logger });
  cleanup.add('directory', () => directory.close());
  const hosts = createHostRegistry({ clock });
  const connections = createAgentConnections({ metrics });
  const presence = createManagerPresence({
    store: store.presence,
    name: settings.name,
    hosts: () => hosts.list().flatMap(({ name }) => (hosts.isConnected(name) ? [name] : [])),
    clock,
    logger,
  });
  cleanup.add('presence', () => presence.stop());
  hosts.onEvent(({ kind }) => {
    if (kind === 'connected') void presence.refresh();
  });
  const hostBook = createHostBook({ store, hosts, clock, logger });
  cleanup.add('host book', () => hostBook.stop());
  const fileKeys = createAgentKeys(settings.agentKeysFile);
  const keys: AgentKeys = {
    allows: async (name, key) => (await fileKeys.allows(name, key)) || (await hostBook.allows(name, key)),
  };
  const streams = createAgentStreams({ commands: connections, keys, logger });
  cleanup.add('streams', () => streams.close());
  const nextEnds = () => [...directory.all()].map(({ expiresAt }) => expiresAt).sort((a, b) => a - b);
  const maySessionsGrow = () => directory.count() < maxSessions;
  const admission = createAdmission({
    ...{ hosts, placed: directory.placed, maySessionsGrow },
    ...{ line: store.line, nextEnds, clock },
  });
  const { uncounted } = settings.addressBounds;
  const shares = createAddressShares({
    ...{ store: store.sessions, totalNodes: () => admission.capacity().nodes, nodesPerSession: maxNodes },
    ...{ secret: settings.managerSecret, bounds: settings.addressBounds },
  });
  const portUrl = (sessionId: string, node: string, port: number | string) => origins.portUrl(sessionId, node, port);
  const views = createSessionViews({ hosts, clock, maxNodes, maxSessionMs: maxSessionHours * HOUR_MS, portUrl });
  const knowsHostsOf = (sessionId: string) =>
    directory.get(sessionId)?.nodes.every(({ host, state }) => state === 'lost' || hosts.isConnected(host)) ?? true;
  const terminalStreams = createTerminalStreams({
    streams,
    isConnected: connections.has,
    onOpen: (host) => relay.onStream(host),
    onEvent: (host, event, data) => passStreamEvent(relay, host, event, data),
    logger,
  });
  cleanup.add('terminal streams', () => terminalStreams.close());
  const relay = createTerminalRelay({
    ...streamFirst(terminalStreams, connections),
    newId: (prefix) => newId(prefix, RELAY_ID_LETTERS),
    onChange: (sessionId, change) => feed.publish(sessionId, change),
    knowsHostsOf,
  });
  const swarm = createSwarmBoard({
    hosts,
    directory,
    publish: (sessionId, step) => feed.publish(sessionId, { kind: 'swarm', step }),
  });
  const terminalsOf = (sessionId: string) => relay.list(sessionId);
  const feed = createSessionFeed({
    ...{ directory, hosts, views, knowsHostsOf },
    terminals: terminalsOf,
    swarm: swarm.get,
    lab: (sessionId) => labs.view(sessionId),
  });
  const bus = createSessionBus({ store: store.bus, feed, instance: presence.instance, logger });
  cleanup.add('bus', () => bus.close());
  const timeline = createTimeline({ store: store.timeline, directory, hosts, publish: bus.publish, clock, logger });
  cleanup.add('timeline', () => timeline.stop());
  const people = createPeople({ bus, feed, presence });
  const service = createSessionService({
    directory,
    admission,
    clock,
    logger,
    sessionHours,
    maxSessionHours,
    maxSessions,
    shares,
    sessionsPerUser: settings.sessionsPerUser,
    maxGraceMs: settings.graceMinutes * MINUTE_MS,
    idleMs,
    makeRoom: (count) => filesLeft.makeRoom(count),
  });
  const nodes = createNodeService({
    directory,
    hosts,
    admission,
    shares,
    commands: connections,
    clock,
    logger,
    maxNodes,
    egress,
    makeRoom: (count, home) => filesLeft.makeRoom(count, home),
    nextVni: () => store.vnis.next(),
    secret: settings.managerSecret,
    driver: presence.instance,
  });
  cleanup.add('networks', tellNetworks({ directory, hosts, commands: connections, logger }));
  const { hostGraceMs, workBits: bits, managerSecret: secret } = settings;
  const grace = hostGraceMs === undefined ? {} : { graceMs: hostGraceMs };
  const reconciler = createReconciler({
    directory,
    hosts,
    nodes,
    commands: connections,
    presence,
    clock,
    logger,
    ...grace,
  });
  cleanup.add('reconciler', () => reconciler.stop());
  const reaper = createReaper({ directory, hosts, commands: connections, clock, logger });
  cleanup.add('reaper', () => reaper.stop());
  const filesLeft = createGrace({ directory, hosts, service, reaper, commands: connections, clock, logger });
  cleanup.add('grace', () => filesLeft.stop());
  const warnings = createWarnings({ publish: feed.publish });
  const expiry = createExpiry({ directory, service, warnings, clock, logger, idleMs });
  cleanup.add('expiry', () => expiry.stop());
  const templates = createTemplateRunner({
    nodes,
    directory,
    service,
    hosts,
    commands: connections,
    feed: bus,
    timeline,
    clock,
    logger,
  });
  const book = templateBook(settings.templates);
  const labBook = createLabBook({
    ...settings.labs,
    foreign: createForgeSource({ forges: settings.labs.forges, clock }),
    maxNodes,
    store: store.labs,
    secret: settings.managerSecret,
    clock,
    logger,
  });
  cleanup.add('lab book', () => labBook.stop());
  const reach = createNodeReach({ directory, hosts, commands: connections, swarm: swarm.get, logger });
  const { instance, isAlive } = presence;
  const labs = createLabs({
    ...{ store, directory, hosts, presence, book: labBook, reach, feed, bus, clock, logger },
    work: createLabWork({
      ...{ nodes, directory, templates, book, reach, instance, isAlive, clock, logger },
      dockerReady: createDockerReady({ directory, hosts, clock }),
    }),
    secret: settings.managerSecret,
  });
  cleanup.add('labs', () => labs.stop());
  const labStarts = createLabStarts({ labs, nodes, directory, service, hosts, templates: book, maxNodes });
  // The relay keeps terminals of what lives only.
  directory.onChange(({ previous, next }) => {
    if (next.state === 'closed' || next.state === 'grace') return relay.onSessionGone(next.id);
    const kept = new Set(next.nodes.filter(({ state }) => state !== 'lost').map(({ name }) => name));
    for (const { name } of previous?.nodes ?? []) if (!kept.has(name)) relay.onNodeGone(next.id, name);
  });

  const orders = createOrders({ store: store.operator, names: clients, clock, logger });
  cleanup.add('orders', () => orders.stop());
  const limit = (rate: keyof ManagerSettings['rates']) => createAddressLimit({ clock, ...settings.rates[rate] });
  const wrongTokens = limit('wrongTokens');
  const tokens = createTokens({ service, origins, wrongTokens });
  const table = createPortTable({ directory, clock });
  const portLimits = createPortLimits(settings.portLimits, clock);
  const portProxy = createPortProxy({ streams, table, limits: portLimits, origins, metrics, clock, logger });
  cleanup.add('port proxy', () => portProxy.close());
  const tcp = createTcpGateway({ tokens, table, streams, limits: portLimits, origins, metrics, logger });
  cleanup.add('tcp gateway', () => tcp.close());
  const portGateway = createPortGateway({
    table,
    access: createPortAccess({ secret: settings.managerSecret, secure: origins.secure, clock }),
    proxy: portProxy,
    tickets: store.tickets,
    origins,
    maxSessionHours,
    warnStrangers: settings.warnStrangers,
    logger,
  });
  const { capacity, waiting } = admission;
  const operator = createOperatorEdge({
    ...{ store, orders, cpuRule: settings.cpuRule },
    sessions: { directory, service },
    hosts: {
      ...{ registry: hosts, commands: connections, book: hostBook },
      drop(host) {
        connections.drop(host);
        terminalStreams.drop(host);
      },
    },
    door: {
      ...{ admission, metrics, origins, tries: limit('wrongTokens'), secret, version },
      sockets: () => gateway.sockets(),
    },
    base: { clock, logger },
  });
  cleanup.add('operator', () => operator.stop());
  const routes = await createHttpRoutes({
    ...{ orders, clients, operatorSignIn: operator.signIn, operatorCalls: operator.calls },
    claims: settings.signIn?.operatorClaim !== undefined,
    service,
    nodes,
    directory,
    views,
    hosts,
    admission,
    commands: connections,
    reaper,
    tokens,
    origins,
    creates: limit('creates'),
    calls: limit('calls'),
    clock,
    logger,
    sessionHours,
    maxSessionHours,
    templates,
    book,
    ...{ labs, labBook, labStarts, forges: [...settings.labs.forges.keys()], secret: settings.managerSecret },
    portGateway,
    streams,
    swarm: createSwarmReader({ commands: connections, hosts }),
    timeline,
    metrics,
    version,
    libraryFile: settings.libraryFile,
    signIn:
      settings.signIn === undefined
        ? undefined
        : createSignIn({
            ...settings.signIn,
            oidc: createOidc(settings.signIn),
            secret: settings.managerSecret,
            origins,
            orders,
            operatorCookie: operator.signIn.cookieFor,
            clock,
            logger,
          }),
    workGate: bits === undefined ? undefined : createWorkGate({ bits, secret, once: store.once.take, clock }),
    sessionsPerUser: settings.sessionsPerUser,
    hostBook,
    wrongTokens,
  });
  cleanup.add('routes', () => routes.close());
  const web = createWebProxy({ webUrl: settings.webUrl, origins, logger });
  cleanup.add('web proxy', () => web.close());
  const sockets = createSocketServers({ origins, uncounted, metrics });
  createAgentGateway({
    ...{ keys, connections, hosts, relay, terminalStreams, reconciler, directory, logger },
    facts: createFactGate({ directory, logger }),
    io: sockets.agents.io,
  });
  const gateway = createBrowserGateway({
    ...{ tokens, service, directory, feed, people, labs, relay, origins, clock, metrics, logger },
    io: sockets.browsers.io,
  });
  const terminalGateway = createTerminalGateway({
    ...{ tokens, service, directory, relay, origins, clock, metrics, uncounted, logger },
  });
  cleanup.add('terminal sockets', () => terminalGateway.close());
  cleanup.add('sockets', () => Promise.all([sockets.browsers.io.close(), sockets.agents.io.close()]));
  addGauges({ metrics, directory, hosts, streams, gateway, terminalGateway, capacity, waiting });

  // First everything is known, then callers are let in.
  await directory.start();
  await hostBook.start();
  await orders.start();
  await labBook.start();
  await presence.start();
  expiry.start();
  reaper.start();
  filesLeft.start();
  reconciler.start();
  const frontDoor = createFrontDoor({
    origins,
    routes,
    ports: portGateway,
    streams,
    tcp,
    web,
    terminals: terminalGateway,
    browserSockets: sockets.browsers.http,
    agentSockets: sockets.agents.http,
    isBlocked: (request) => orders.isBlocked(origins.clientAddress(request)),
    tls: settings.tls !== undefined,
    logger,
  });
  const listener = createListener(
    frontDoor,
    settings.tls === undefined ? undefined : createTlsFiles(settings.tls, logger),
    createConnectionBounds({
      max: settings.addressBounds.connections,
      uncounted: [uncounted, settings.trustedProxies],
      isHost: connections.speaksFrom,
      onRefused: () => metrics.refusedConnections.inc({ kind: 'connection' }),
    }),
  );
  try {
    port = await listen(listener.server, settings.host, settings.port);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  cleanup.add('nodes', () => nodes.stop());
  cleanup.add('listener', () => listener.close());
  const metricsServer =
    settings.metrics === undefined
      ? undefined
      : await serveOperator(
          { metrics, calls: operator.calls, logger, secret },
          settings.metrics.host,
          settings.metrics.port,
        );
  cleanup.add('metrics', () => metricsServer?.close());
  logger.info({ origin: origins.publicOrigin, port }, 'manager listens');
  return {
    port,
    origin: origins.publicOrigin,
    metricsPort: (metricsServer?.address() as AddressInfo | undefined)?.port,
    close: () => cleanup.run(),
  };
}
