/** Where pages and agents connect and stay. */
import { createAgentGateway } from '../edge/agents/agent-gateway.ts';
import { createTokens } from '../edge/base/tokens.ts';
import { createSocketServers } from '../edge/door/socket-servers.ts';
import { createBrowserGateway } from '../edge/pages/browser-gateway.ts';
import { createTerminalGateway } from '../edge/pages/terminal-gateway.ts';
import { createFactGate } from '../nodes/fact-gate.ts';
import { createAddressLimit } from '../scheduling/address-limit.ts';
import type { Core } from './core.ts';
import type { Hosts } from './hosts.ts';
import type { Labs } from './labs.ts';
import type { Live } from './live.ts';
import type { Sessions } from './sessions.ts';

export type Sockets = ReturnType<typeof createSockets>;

/** Builds them; the front door hands them their upgrades. */
export function createSockets(core: Core, parts: { hosts: Hosts; sessions: Sessions; live: Live; labs: Labs }) {
  const { settings, clock, logger, base } = core;
  const { hosts } = parts;
  const { directory, service, reconciler } = parts.sessions;
  const { relay, feed, people } = parts.live;
  const { labs } = parts.labs;
  const { uncounted } = settings.addressBounds;
  const wrongTokens = createAddressLimit({ clock, ...settings.rates.wrongTokens });
  const tokens = createTokens({ service, origins: base.origins, wrongTokens });
  const servers = createSocketServers({ origins: base.origins, uncounted, metrics: base.metrics });
  createAgentGateway({
    io: servers.agents.io,
    keys: hosts.keys,
    connections: hosts.connections,
    hosts: hosts.registry,
    terminals: { relay, streams: hosts.terminalStreams },
    sessions: { reconciler, directory, facts: createFactGate({ directory, logger }) },
    logger,
  });
  const pages = createBrowserGateway({
    io: servers.browsers.io,
    tokens,
    sessions: { service, directory },
    live: { feed, people, labs, relay },
    base,
    clock,
    logger,
  });
  const terminals = createTerminalGateway({
    tokens,
    sessions: { service, directory },
    relay,
    base: { ...base, uncounted },
    clock,
    logger,
  });
  return { wrongTokens, tokens, servers, pages, terminals };
}
