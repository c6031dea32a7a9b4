import { sessionIdSchema } from '@drydock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newLink } from './links.ts';
import {
  beginClosing,
  beginRetention,
  clearHost,
  extendSession,
  isLive,
  isRetained,
  newSession,
  retentionMs,
  type SessionRecord,
  sharesOf,
  touch,
} from './session.ts';
import { addNode, removeNode, setNodeState, takeOverNode } from './session-nodes.ts';
import { addLink, addShare, revokeLink } from './session-sharing.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const HOUR = 3_600_000;
const MAX_MS = 12 * HOUR;
const MAX_NODES = 3;

function fresh(): SessionRecord {
  const links = [newLink('owner', 0).link];
  const fields = {
    id: sessionIdSchema.parse('abcdefgh'),
    name: null,
    template: null,
    createdAt: 0,
    expiresAt: HOUR,
    portSecret: 's',
  };
  return newSession({ ...fields, links });
}

/** One step: what it does to a record at a moment, as the services do it. */
interface Step {
  name: string;
  apply(session: SessionRecord, now: number): SessionRecord;
}

const names = fc.constantFrom('node1', 'node2', 'a', 'b');
const hosts = fc.constantFrom('h1', 'h2');
const drivers = fc.constantFrom('m1', 'm2', 'm3');
const step = (name: string, apply: Step['apply']): Step => ({ name, apply });

const expire = step('expire', (session, now) => {
  if (session.state !== 'active' || isLive(session, now)) return session;
  const until = session.expiresAt + retentionMs(session, session.expiresAt, HOUR);
  return now < until
    ? beginRetention(session, 'expired', session.expiresAt, until)
    : beginClosing(session, 'expired', session.expiresAt);
});

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.option(names, { nil: undefined }), hosts, drivers).map(([name, host, driver]) =>
      step(`add ${name} on ${host}`, (session, now) => {
        return addNode(session, { name, host, limits: LIMITS, now, maxNodes: MAX_NODES, driver }).session;
      }),
    ),
    fc
      .tuple(names, fc.constantFrom('running' as const, 'destroying' as const, 'lost' as const))
      .map(([name, state]) => step(`${name} ${state}`, (session) => setNodeState(session, name, state))),
    fc.tuple(names, drivers, drivers).map(([name, dead, driver]) =>
      step(`${driver} takes ${name} over from ${dead}`, (session) => {
        const node = session.nodes.find((each) => each.name === name);
        return node === undefined ? session : takeOverNode(session, { ...node, driver: dead }, driver);
      }),
    ),
    names.map((name) => step(`remove ${name}`, (session) => removeNode(session, name))),
    fc.nat(HOUR / 2).map((ms) => step(`extend ${ms}`, (session, now) => extendSession(session, ms, MAX_MS, now))),
    fc
      .constantFrom('owner' as const, 'collaborator' as const, 'viewer' as const)
      .map((right) => step(`link ${right}`, (session, now) => addLink(session, newLink(right, now).link, now))),
    fc
      .nat(3)
      .map((index) =>
        step(`revoke ${index}`, (session, now) => revokeLink(session, session.links[index]?.id ?? 'none', now)),
      ),
    names.map((node) =>
      step(`share ${node}`, (session, now) => {
        return addShare(session, { id: 'p', node, port: 80, tokenHash: 'h', expiresAt: now + HOUR }, now);
      }),
    ),
    fc.constant(step('touch', (session, now) => touch(session, now, 60_000))),
    { arbitrary: fc.constant(expire), weight: 3 },
    // Rare, or no session would ever grow old.
    fc
      .nat(19)
      .map((dice) => step('close', (session, now) => (dice === 0 ? beginClosing(session, 'closed', now) : session))),
    hosts.map((host) => step(`clear ${host}`, (session) => clearHost(session, host))),
  ),
  { minLength: 20, maxLength: 60 },
);

const REFUSALS = /^(SESSION_ENDED|NODE_EXISTS|NODE_LIMIT|NODE_NOT_FOUND|NOT_FOUND|BAD_REQUEST)$/;
const SESSION_ORDER = { active: 0, retained: 1, closing: 2, closed: 3 };
const NODE_ORDER = { creating: 0, running: 1, destroying: 2, lost: 2 };

/** A plain throw: a hundred thousand matchers take a minute. */
function hold(isSo: boolean, rule: string): void {
  if (!isSo) throw new Error(`it does not hold that ${rule}`);
}

function checkStep(before: SessionRecord, after: SessionRecord, now: number): void {
  hold(SESSION_ORDER[after.state] >= SESSION_ORDER[before.state], 'a session only moves forward');
  hold(after.expiresAt >= before.expiresAt && after.expiresAt <= MAX_MS, 'the end comes later, up to the maximum');
  if (!isLive(before, now)) {
    const isMore = after.nodes.length > before.nodes.length || sharesOf(after).length > sharesOf(before).length;
    hold(!isMore && after.links.length === before.links.length, 'nothing new comes to a session that is over');
  }
  for (const node of after.nodes) {
    const earlier = before.nodes.find(({ name, createdAt }) => name === node.name && createdAt === node.createdAt);
    if (earlier === undefined || earlier.index !== node.index) continue;
    hold(NODE_ORDER[node.state] >= NODE_ORDER[earlier.state], 'a node only moves forward');
    hold(node.host === earlier.host, 'a node stays on its host');
    hold(node.driver === earlier.driver || earlier.state === 'creating', 'only a half-made node is taken over');
  }
}

function checkRecord(session: SessionRecord, now: number): void {
  const { state, nodes, links } = session;
  const distinct = (values: unknown[]) => new Set(values).size === nodes.length;
  hold(nodes.length <= MAX_NODES, 'there are no more nodes than allowed');
  hold(distinct(nodes.map(({ name }) => name)) && distinct(nodes.map(({ index }) => index)), 'nodes are distinct');
  hold(
    links.some(({ right }) => right === 'owner'),
    'an owner can always close it',
  );
  hold(
    sharesOf(session).every(({ node }) => nodes.some(({ name }) => name === node)),
    'shares go with their nodes',
  );
  if (session.state === 'active') {
    hold(!('endedAt' in session) && !('endReason' in session), 'a living session has no end');
  } else {
    hold(Number.isFinite(session.endedAt) && !isLive(session, now), 'an ended session knows its end');
    hold(!('shares' in session) && !('publicPorts' in session), 'an ended session has no open port');
  }
  hold(state === 'retained' || !isRetained(session, now), 'only a retained session is retained');
  if (state === 'closing')
    hold(
      nodes.every((node) => node.state === 'destroying'),
      'closing destroys every node',
    );
  if (state === 'closed') hold(nodes.length === 0, 'a closed session has no nodes');
}

describe('whatever happens to a session', () => {
  it('its states only move forward, its nodes stay distinct and few, and an owner can always close it', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat(HOUR / 6)), (list, waits) => {
        let session = fresh();
        let now = 0;
        for (const { name, apply } of list) {
          now += waits.next().value ?? 0;
          const before = session;
          try {
            session = apply(session, now);
          } catch (error) {
            hold(REFUSALS.test(String((error as { code?: string }).code)), `${name} is refused by a known code`);
          }
          checkStep(before, session, now);
          checkRecord(session, now);
          reached.add(session.state);
        }
      }),
      { numRuns: 300, seed: 20_261_124 },
    );
    // A walk that never got anywhere would prove nothing.
    expect([...reached].sort()).toEqual(['active', 'closed', 'closing', 'retained']);
  });
});
