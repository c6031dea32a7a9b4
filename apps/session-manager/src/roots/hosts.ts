/** The hosts: which there are, who may be one, and how they are reached. */
import { createAgentConnections } from '../edge/agents/agent-connections.ts';
import { type AgentKeys, createAgentKeys } from '../edge/agents/agent-keys.ts';
import { createAgentStreams } from '../edge/agents/agent-streams.ts';
import { createTerminalStreams } from '../edge/agents/terminal-streams.ts';
import { createHostBook } from '../scheduling/host-book.ts';
import { createHostRegistry } from '../scheduling/host-registry.ts';
import { createManagerPresence } from '../sessions/manager-presence.ts';
import type { Core } from './core.ts';

export type Hosts = ReturnType<typeof createHosts>;

/** Builds them. */
export function createHosts({ settings, store, clock, logger, cleanup, events, base }: Core) {
  const registry = createHostRegistry({ clock });
  const connections = createAgentConnections({ metrics: base.metrics });
  const presence = createManagerPresence({
    store: store.presence,
    name: settings.name,
    hosts: () => registry.list().flatMap(({ name }) => (registry.isConnected(name) ? [name] : [])),
    clock,
    logger,
  });
  cleanup.add('presence', () => presence.stop());
  registry.onEvent(({ kind }) => {
    if (kind === 'connected') void presence.refresh();
  });
  const book = createHostBook({ store, hosts: registry, clock, logger });
  cleanup.add('host book', () => book.stop());
  const fileKeys = createAgentKeys(settings.agentKeysFile);
  const keys: AgentKeys = {
    allows: async (name, key) => (await fileKeys.allows(name, key)) || (await book.allows(name, key)),
  };
  const streams = createAgentStreams({ commands: connections, keys, logger });
  cleanup.add('streams', () => streams.close());
  const terminalStreams = createTerminalStreams({
    streams,
    isConnected: connections.has,
    onOpen: (host) => events.publish('terminalStreamOpen', host),
    onEvent: (host, event, data) => events.publish('terminalStreamEvent', host, event, data),
    logger,
  });
  cleanup.add('terminal streams', () => terminalStreams.close());
  return { registry, connections, presence, book, keys, streams, terminalStreams };
}
