/** What pages are told: each session's state and changes, its terminals, its people, its timeline. */
import type { SessionId } from '@drydock/protocol';
import { passStreamEvent, streamFirst } from '../edge/agents/terminal-streams.ts';
import { createLabViews } from '../labs/lab-views.ts';
import { createSessionBus } from '../live/bus.ts';
import { createSessionFeed } from '../live/feed.ts';
import { createPeople } from '../live/people.ts';
import { createSessionViews } from '../live/session-view.ts';
import { createTimeline } from '../live/timeline.ts';
import { newId } from '../model/links.ts';
import { createTerminalRelay } from '../relay/terminal-relay.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { createSwarmBoard } from '../swarm/swarm-board.ts';
import type { Core } from './core.ts';
import type { Hosts } from './hosts.ts';

/** Random letters of ids that the relay makes, after their prefix (ids.ts). */
const RELAY_ID_LETTERS = 15;
const HOUR_MS = 3_600_000;

export type Live = ReturnType<typeof createLive>;

/** Builds it, and begins to listen to hosts and sessions. */
export function createLive(
  { settings, store, clock, logger, cleanup, events, base }: Core,
  hosts: Hosts,
  directory: SessionDirectory,
) {
  const { registry, presence, terminalStreams, connections } = hosts;
  const views = createSessionViews({
    hosts: registry,
    clock,
    maxNodes: settings.maxNodes,
    maxSessionMs: settings.maxSessionHours * HOUR_MS,
    portUrl: (sessionId, node, port) => base.origins.portUrl(sessionId, node, port),
  });
  const knowsHostsOf = (sessionId: SessionId) =>
    directory.get(sessionId)?.nodes.every(({ host, state }) => state === 'lost' || registry.isConnected(host)) ?? true;

  const relay = createTerminalRelay({
    ...streamFirst(terminalStreams, connections),
    newId: (prefix) => newId(prefix, RELAY_ID_LETTERS),
    onChange: (sessionId, change) => events.publish('sessionChange', sessionId, change),
    knowsHostsOf,
  });
  events.subscribe('terminalStreamOpen', relay.onStream);
  events.subscribe('terminalStreamEvent', (host, event, data) => passStreamEvent(relay, host, event, data));

  const swarm = createSwarmBoard({
    hosts: registry,
    directory,
    publish: (sessionId, step) => events.publish('sessionChange', sessionId, { kind: 'swarm', step }),
  });
  const labViews = createLabViews({ directory });
  const feed = createSessionFeed({
    directory,
    hosts: registry,
    views,
    terminals: (sessionId) => relay.list(sessionId),
    swarm: swarm.get,
    lab: labViews.get,
    knowsHostsOf,
  });
  events.subscribe('sessionChange', feed.publish);
  const bus = createSessionBus({ store: store.bus, feed, instance: presence.instance, logger });
  cleanup.add('bus', () => bus.close());
  const timeline = createTimeline({
    store: store.timeline,
    directory,
    hosts: registry,
    publish: bus.publish,
    clock,
    logger,
  });
  cleanup.add('timeline', () => timeline.stop());
  const people = createPeople({ bus, feed, presence });
  // The relay keeps terminals of what lives only; pages are told first why they end.
  directory.onChange(({ previous, next }) => {
    if (next.state === 'closed' || next.state === 'retained') return relay.onSessionGone(next.id);
    const kept = new Set(next.nodes.filter(({ state }) => state !== 'lost').map(({ name }) => name));
    for (const { name } of previous?.nodes ?? []) if (!kept.has(name)) relay.onNodeGone(next.id, name);
  });
  return { views, relay, swarm, labViews, feed, bus, timeline, people };
}
