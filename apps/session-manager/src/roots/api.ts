/** The API: each group of calls with what it needs. */
import { createHttpRoutes, type HttpRoutes } from '../edge/api/http-routes.ts';
import { embedRoutes } from '../edge/api/routes/embed-routes.ts';
import { fileRoutes } from '../edge/api/routes/file-routes.ts';
import { hostRoutes } from '../edge/api/routes/host-routes.ts';
import { labRoutes } from '../edge/api/routes/lab-routes.ts';
import { nodeRoutes } from '../edge/api/routes/node-routes.ts';
import { operatorRoutes } from '../edge/api/routes/operator-routes.ts';
import { portRoutes } from '../edge/api/routes/port-routes.ts';
import { publicRoutes } from '../edge/api/routes/public-routes.ts';
import { sessionRoutes } from '../edge/api/routes/session-routes.ts';
import { signInRoutes } from '../edge/api/routes/sign-in-routes.ts';
import { createSignIn } from '../edge/api/sign-in.ts';
import { createStartGate } from '../edge/api/start-gate.ts';
import type { PortGateway } from '../edge/ports/gateway.ts';
import { createAddressLimit } from '../scheduling/address-limit.ts';
import { createWorkGate } from '../scheduling/work-gate.ts';
import { createOidc } from '../sign-in/oidc.ts';
import { createSwarmReader } from '../swarm/swarm-reader.ts';
import type { Core } from './core.ts';
import type { Embeds } from './embeds.ts';
import type { Hosts } from './hosts.ts';
import type { Labs } from './labs.ts';
import type { Live } from './live.ts';
import type { Operator } from './operator.ts';
import type { Sessions } from './sessions.ts';
import type { Sockets } from './sockets.ts';

/** The parts of a manager behind its edge. */
export interface Parts {
  hosts: Hosts;
  sessions: Sessions;
  live: Live;
  labs: Labs;
  embeds: Embeds;
  sockets: Sockets;
  operator: Operator;
}

/** Builds the server of all calls; `ports` makes addresses of shares. */
export function createApi(core: Core, parts: Parts, ports: PortGateway): Promise<HttpRoutes> {
  const { settings, store, clock, logger, base } = core;
  const { origins, metrics } = base;
  const { registry, connections: commands, streams, book: hostBook } = parts.hosts;
  const { directory, service, admission, nodes, reaper } = parts.sessions;
  const { views, timeline } = parts.live;
  const { templates, labs, book: labBook, starts: labStarts } = parts.labs;
  const { tokens, wrongTokens } = parts.sockets;
  const { orders, clients, signIn: operatorSignIn, calls: operatorCalls } = parts.operator;
  const { workBits: bits, managerSecret: secret } = settings;

  const signIn =
    settings.signIn === undefined
      ? undefined
      : createSignIn({
          settings: { ...settings.signIn, secret },
          oidc: createOidc(settings.signIn),
          origins,
          orders,
          operatorCookie: operatorSignIn.cookieFor,
          clock,
          logger,
        });
  const workGate = bits === undefined ? undefined : createWorkGate({ bits, secret, once: store.once.take, clock });
  const creates = createAddressLimit({ clock, ...settings.rates.creates });
  const gate = createStartGate({ signIn, workGate, orders, creates, clients, origins });
  const calls = createAddressLimit({ clock, ...settings.rates.calls });
  const limits = { sessionHours: settings.sessionHours, maxSessionHours: settings.maxSessionHours };
  const { version, libraryFile } = settings;
  const about = { ...limits, version, libraryFile, publicBase: origins.publicBase };

  return createHttpRoutes(
    { metrics, calls, origins, orders, tokens, sessions: { directory, service }, logger },
    (api, app) => {
      publicRoutes(api, { hosts: registry, directory, admission, orders, templates: templates.book, about, clock });
      sessionRoutes(api, {
        sessions: { service, directory, reaper },
        views,
        web: { origins, tokens },
        templates,
        labs: { book: labBook, starts: labStarts },
        gate,
        maxSessionHours: limits.maxSessionHours,
      });
      embedRoutes(api, {
        ...parts.embeds,
        gate,
        web: { origins, tokens },
        views,
        sessions: { service, directory, reaper },
      });
      labRoutes(app, api, {
        labs,
        book: labBook,
        starts: labStarts,
        settings: { forges: [...settings.labs.forges.keys()], secret },
        views,
        directory,
        clock,
      });
      nodeRoutes(api, { nodes, views, commands, swarm: createSwarmReader({ commands, hosts: registry }), timeline });
      portRoutes(api, { views, service, origins, portGateway: ports });
      fileRoutes(api, { streams, logger });
      signInRoutes(app, api, { signIn, service, origins, logger, sessionsPerUser: settings.sessionsPerUser });
      hostRoutes(api, { hostBook, wrongTokens, origins });
      operatorRoutes(app, { operatorSignIn, operatorCalls, claims: settings.signIn?.operatorClaim !== undefined });
    },
  );
}
