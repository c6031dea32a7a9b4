/**
 * Writes down what happens in sessions: what hosts and engines tell, and what becomes of the sessions' records. Every manager hears
 * the same and says it to the store, which takes it once.
 */
import type { AgentNodeReport, SessionChange, SessionId, TimelineEntry, TimelineFact } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { frozenOf, type NodeRecord, publicPortsOf, type SessionRecord } from '../model/session.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { DirectoryChange, SessionDirectory } from '../sessions/session-directory.ts';
import type { TimelineStore } from '../store/timeline/timeline-store.ts';

export interface Timeline {
  /** Adds what only its caller knows (a template's end). Never rejects: a timeline is worth no failed work. */
  add(sessionId: SessionId, fact: Omit<TimelineFact, 'at'>): void;
  /** All that is kept, the oldest first. @throws DrydockError STORE_UNAVAILABLE. */
  read(sessionId: SessionId): Promise<TimelineEntry[]>;
  stop(): void;
}

/** A session that is first seen later than this after its birth (ms) was made before this manager came. */
const NEWBORN_MS = 5_000;

type Fact = Omit<TimelineFact, 'at'>;
type Seen = Pick<AgentNodeReport, 'dockerReady' | 'swarm' | 'ports'> & { oomKills: number };

/** Builds it, and begins to listen; `publish` tells the pages of every manager. */
export function createTimeline(deps: {
  store: TimelineStore;
  directory: Pick<SessionDirectory, 'get' | 'onChange'>;
  hosts: Pick<HostRegistry, 'onEvent'>;
  publish: (sessionId: SessionId, change: SessionChange) => void;
  clock: Clock;
  logger: Logger;
}): Timeline {
  const { store, directory, hosts, publish, clock, logger } = deps;
  const nodes = new Map<string, Seen>();

  /** `once` names what happened: the same name is taken once, whoever says it. */
  function write(sessionId: SessionId, fact: TimelineFact, once: string): void {
    store.add(sessionId, fact, once).then(
      (entry) => entry && publish(sessionId, { kind: 'timeline', entry }),
      (error: unknown) => logger.debug({ err: error, sessionId }, 'timeline not written'),
    );
  }

  function add(sessionId: SessionId, fact: Fact, more = ''): void {
    write(sessionId, { ...fact, at: clock.now() }, `${JSON.stringify(fact)} ${more}`);
  }

  const stops = [
    hosts.onEvent((event) => {
      if (event.kind === 'event') {
        // A host tells only of sessions that have nodes on it.
        const session = directory.get(event.sessionId);
        if (!session?.nodes.some(({ host, name }) => host === event.host && name === event.event.node)) return;
        write(event.sessionId, event.event, JSON.stringify(event.event));
      } else if (event.kind === 'node') {
        const { sessionId, name } = event.report;
        const key = `${sessionId}/${name}`;
        const seen = seenOf(event.report);
        const before = nodes.get(key);
        nodes.set(key, seen);
        if (before !== undefined) for (const fact of nodeFacts(before, seen)) add(sessionId, { ...fact, node: name });
      } else if (event.kind === 'node-gone') {
        nodes.delete(`${event.sessionId}/${event.node}`);
      }
    }),
    directory.onChange((change) => {
      const { next } = change;
      if (next.state === 'closed') {
        for (const key of [...nodes.keys()]) if (key.startsWith(`${next.id}/`)) nodes.delete(key);
        return;
      }
      if (next.state !== 'active') return;
      for (const { fact, more } of recordFacts(change, clock.now())) add(next.id, fact, more);
    }),
  ];

  return {
    add: (sessionId, fact) => add(sessionId, fact, String(clock.now())),
    read: (sessionId) => store.read(sessionId),
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function seenOf({ dockerReady, swarm, ports, usage }: AgentNodeReport): Seen {
  return { dockerReady, swarm, ports, oomKills: usage?.oomKills ?? 0 };
}

const portName = ({ port, protocol }: { port: number; protocol: string }) => `${port}/${protocol}`;

function nodeFacts(before: Seen, after: Seen): Fact[] {
  const facts: Fact[] = [];
  if (before.dockerReady !== after.dockerReady) facts.push({ kind: after.dockerReady ? 'docker-up' : 'docker-down' });
  if (before.swarm.role !== after.swarm.role) {
    facts.push({ kind: 'swarm-role', detail: `${before.swarm.role} → ${after.swarm.role}` });
  }
  if (after.swarm.leader && !before.swarm.leader) facts.push({ kind: 'swarm-leader' });
  const kills = after.oomKills - before.oomKills;
  if (kills > 0) facts.push({ kind: 'node-oom', detail: String(kills) });
  const was = new Set(before.ports.map(portName));
  const is = new Set(after.ports.map(portName));
  for (const port of after.ports) {
    if (was.has(portName(port))) continue;
    facts.push({ kind: 'port-opened', subject: portName(port), ...(port.label ? { detail: port.label } : {}) });
  }
  for (const name of was) if (!is.has(name)) facts.push({ kind: 'port-closed', subject: name });
  return facts;
}

/** What a change of a record means; `more` tells apart what happens again with the same words. */
function recordFacts({ previous, next }: DirectoryChange, now: number): { fact: Fact; more: string }[] {
  const facts: { fact: Fact; more: string }[] = [];
  const say = (fact: Fact, more: string | number = '') => facts.push({ fact, more: String(more) });
  if (previous === undefined) {
    // At its start a manager learns every session; only a newborn is news.
    if (now - next.createdAt < NEWBORN_MS)
      say({ kind: 'session-created', ...(next.template ? { detail: next.template } : {}) });
    return facts;
  }
  if (next.expiresAt > previous.expiresAt) {
    say({ kind: 'session-extended', detail: new Date(next.expiresAt).toISOString() }, next.expiresAt);
  }
  freezeFacts(previous, next, say);
  nodeRecordFacts(previous, next, say);
  const links = (session: SessionRecord) => new Map(session.links.map((link) => [link.id, link]));
  const [before, after] = [links(previous), links(next)];
  for (const { id, right } of after.values())
    if (!before.has(id)) say({ kind: 'link-made', subject: id, detail: right });
  for (const { id, right } of before.values())
    if (!after.has(id)) say({ kind: 'link-revoked', subject: id, detail: right });
  portFacts(previous, next, say);
  return facts;
}

type Say = (fact: Fact, more?: string | number) => void;

function nodeRecordFacts(previous: SessionRecord, next: SessionRecord, say: Say): void {
  const byName = (session: SessionRecord) =>
    new Map<string, NodeRecord>(session.nodes.map((node) => [node.name, node]));
  const [before, after] = [byName(previous), byName(next)];
  for (const { name: node, createdAt, state } of after.values()) {
    const was = before.get(node);
    if (was === undefined) say({ kind: 'node-added', node }, createdAt);
    else if (state === 'lost' && was.state !== 'lost') say({ kind: 'node-lost', node }, createdAt);
  }
  for (const { name: node, createdAt } of before.values()) {
    if (!after.has(node)) say({ kind: 'node-removed', node }, createdAt);
  }
}

/** What is frozen and then destroyed was never thawed. */
function freezeFacts(previous: SessionRecord, next: SessionRecord, say: Say): void {
  const [before, after] = [frozenOf(previous), frozenOf(next)];
  if (before?.at === after?.at || next.state === 'closing' || next.state === 'closed') return;
  if (after !== undefined) say({ kind: 'session-frozen', detail: after.reason }, after.at);
  else say({ kind: 'session-thawed' }, next.version);
}

function portFacts(previous: SessionRecord, next: SessionRecord, say: Say): void {
  const sayPort = (key: string, kind: 'port-public' | 'port-private') => {
    const [node = '', subject = ''] = key.split(':');
    say({ kind, node, subject }, next.version);
  };
  const [before, after] = [publicPortsOf(previous), publicPortsOf(next)];
  for (const key of after) if (!before.includes(key)) sayPort(key, 'port-public');
  for (const key of before) if (!after.includes(key)) sayPort(key, 'port-private');
}
