import { createManualClock } from '@drydock/service-kit';
import { describe, expect, it } from 'vitest';
import { PLACE_KEPT_MS } from '../store/line/line-store.ts';
import { createMemoryLine } from '../store/line/memory.ts';
import { createAdmission } from './admission.ts';
import type { Host } from './host-registry.ts';
import { type Candidate, type Home, NOWHERE, placeNodes } from './pick-host.ts';
import { createRateLimit } from './rate-limit.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };

function host(name: string, maxNodes: number, state: Host['state'] = 'connected', pool = 0): Host {
  const capacity = { cpus: 8, memoryBytes: 1, diskBytes: 1, pool, maxNodes, defaultLimits: LIMITS };
  return { name, state, capacity, version: '1', since: 0, labs: true, features: {} as Host['features'] };
}
const at = (
  name: string,
  maxNodes: number,
  placed: number,
  state: Host['state'] = 'connected',
  pool = 0,
): Candidate => ({
  host: host(name, maxNodes, state, pool),
  placed,
});

/** A host that other hosts reach. */
const open = (
  name: string,
  maxNodes: number,
  placed: number,
  state: Host['state'] = 'connected',
  underlay: Host['underlay'] = { address: `10.0.0.${name.charCodeAt(0)}`, mtu: 1450 },
): Candidate => ({ host: { ...host(name, maxNodes, state), underlay }, placed });
const home = (hosts: Record<string, number>, mtu?: number): Home => ({ hosts: new Map(Object.entries(hosts)), mtu });

describe('the choice of a host', () => {
  it.each<[string, Candidate[], number, Home, string | undefined]>([
    ['none is there', [], 1, NOWHERE, undefined],
    ['the emptier one', [at('a', 10, 5), at('b', 10, 2)], 1, NOWHERE, 'b'],
    ['the larger free share, not the larger number', [at('a', 100, 60), at('b', 10, 1)], 1, NOWHERE, 'b'],
    ['the one with booted nodes among equals', [at('a', 10, 2), at('b', 10, 2, 'connected', 3)], 1, NOWHERE, 'b'],
    ['the first name among equals', [at('b', 10, 2), at('a', 10, 2)], 1, NOWHERE, 'a'],
    ['one that takes all at once', [at('a', 4, 1), at('b', 10, 8)], 3, NOWHERE, 'aaa'],
    ['nobody, rather than half of them', [at('a', 4, 2), at('b', 4, 2)], 3, NOWHERE, undefined],
    ['no draining host', [at('a', 10, 0, 'draining'), at('b', 10, 9)], 1, NOWHERE, 'b'],
    ['no lost host', [at('a', 10, 0, 'lost')], 1, NOWHERE, undefined],
    ['the session’s home, however full', [at('a', 10, 9), at('b', 10, 0)], 1, home({ a: 1 }), 'a'],
    ['nobody when the home is full', [at('a', 10, 10), at('b', 10, 0)], 1, home({ a: 1 }), undefined],
  ])('is %s', (_what, candidates, count, where, chosen) => {
    expect(placeNodes(candidates, count, where)?.join('')).toBe(chosen);
  });

  it.each<[string, Candidate[], number, Home, string | undefined]>([
    ['stays at home while it fits', [open('a', 10, 9), open('b', 10, 0)], 1, home({ a: 1 }, 1450), 'a'],
    ['leaves a full home', [open('a', 10, 10), open('b', 10, 0)], 1, home({ a: 1 }, 1450), 'b'],
    ['leaves a draining home', [open('a', 10, 1, 'draining'), open('b', 10, 0)], 1, home({ a: 1 }, 1450), 'b'],
    ['fills its home first', [open('a', 10, 9), open('b', 10, 0)], 2, home({ a: 1 }, 1450), 'ab'],
    ['goes to the home with most of it', [open('a', 9, 0), open('b', 9, 5)], 1, home({ a: 1, b: 2 }, 1450), 'b'],
    [
      'prefers its hosts to a new one',
      [open('a', 9, 9), open('b', 9, 8), open('c', 9, 0)],
      1,
      home({ a: 2, b: 1 }, 1450),
      'b',
    ],
    [
      'takes one more host rather than two',
      [open('a', 4, 4), open('b', 9, 7), open('c', 20, 12)],
      3,
      home({ a: 1 }, 1450),
      'ccc',
    ],
    ['starts on several when no one takes it', [open('a', 4, 2), open('b', 4, 3)], 3, NOWHERE, 'aab'],
    ['takes as few as will do', [open('a', 3, 1), open('b', 9, 6), open('c', 3, 1)], 5, NOWHERE, 'bbbaa'],
    ['takes nobody rather than half of it', [open('a', 4, 3), open('b', 4, 3)], 3, NOWHERE, undefined],
    ['leaves no home that was made for one host', [open('a', 9, 9), open('b', 9, 0)], 1, home({ a: 1 }), undefined],
    ['goes to no host without an underlay', [open('a', 9, 9), at('b', 9, 0)], 1, home({ a: 1 }, 1450), undefined],
    [
      'goes to no host of another underlay',
      [open('a', 9, 9), open('b', 9, 0, 'connected', { address: '10.0.0.2', mtu: 1500 })],
      ...[1, home({ a: 1 }, 1450), undefined],
    ] as never,
    [
      'goes to no second agent of its own machine',
      [open('a', 9, 9), open('b', 9, 0, 'connected', { address: '10.0.0.97', mtu: 1450 })],
      ...[1, home({ a: 1 }, 1450), undefined],
    ] as never,
    ['waits for a home that is not known yet', [open('b', 9, 0)], 1, home({ a: 1 }, 1450), undefined],
    ['goes on beside a home that is away', [open('a', 9, 1, 'lost'), open('b', 9, 0)], 1, home({ a: 1 }, 1450), 'b'],
  ])('a session that may span hosts %s', (_what, candidates, count, where, chosen) => {
    expect(placeNodes(candidates, count, where)?.join('')).toBe(chosen);
  });

  it('takes less than a millisecond at 500 hosts', () => {
    // None takes them all: the longest way.
    const candidates = Array.from({ length: 500 }, (_, index) => ({
      host: { ...host(`h${index}`, 40), underlay: { address: `a${index}`, mtu: 1450 } },
      placed: 38 + (index % 2),
    }));
    expect(placeNodes(candidates, 3, NOWHERE)).toHaveLength(3);
    const times = Array.from({ length: 101 }, () => {
      const began = performance.now();
      placeNodes(candidates, 3, NOWHERE);
      return performance.now() - began;
    }).sort((a, b) => a - b);
    // The median: on a busy machine single calls are interrupted.
    expect(times[50]).toBeLessThan(1);
  });
});

describe('admission', () => {
  const clock = createManualClock(1_000_000);
  let placed = 0;
  let sessionsLeft = 10;
  const hosts = [host('a', 2)];
  const admission = createAdmission({
    hosts: { list: () => hosts, get: () => hosts[0] },
    placed: () => placed,
    maySessionsGrow: () => sessionsLeft > 0,
    line: createMemoryLine(clock),
    nextEnds: () => [clock.now() + 30_000, clock.now() + 90_000],
    clock,
  });
  const ask = async (ticket: string, nodes = 1) => {
    try {
      await admission.admit(nodes, ticket);
      return 'in';
    } catch (error) {
      return (error as { details: { queuePlace: number; estimateSeconds: number } }).details;
    }
  };

  it('lets those in for whom there is room, and others wait in the order of their coming', async () => {
    expect(await ask('first')).toBe('in');
    placed = 2;
    expect(await ask('second')).toEqual({ queuePlace: 1, estimateSeconds: 30 });
    expect(await ask('third')).toEqual({ queuePlace: 2, estimateSeconds: 90 });
    expect(await ask('second')).toMatchObject({ queuePlace: 1 });
    placed = 1;
    expect(await ask('third')).toMatchObject({ queuePlace: 2 });
    expect(await ask('newcomer')).toMatchObject({ queuePlace: 3 });
    expect(await ask('second')).toBe('in');
    expect(await ask('third')).toBe('in');
  });

  it('has a place in the line too for who meets the bound on sessions, whatever the hosts could take', async () => {
    clock.advance(PLACE_KEPT_MS + 1);
    placed = 0;
    sessionsLeft = 0;
    expect(admission.capacity()).toEqual({ nodes: 2, free: 0 });
    expect(await ask('fourth')).toEqual({ queuePlace: 1, estimateSeconds: 30 });
    sessionsLeft = 1;
    expect(admission.capacity()).toEqual({ nodes: 2, free: 2 });
    expect(await ask('fourth')).toBe('in');
  });

  it('forgets those who do not ask again', async () => {
    placed = 2;
    await ask('gone');
    clock.advance(61_000);
    expect(await ask('next')).toMatchObject({ queuePlace: 1 });
  });
});

describe('a rate limit', () => {
  it('lets a burst through, then as many as come back with time, for each key alone', () => {
    const clock = createManualClock();
    const limit = createRateLimit({ clock, burst: 3, perSecond: 2 });
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
    expect(limit.take('a')).toBe(500);
    expect(limit.take('b')).toBe(0);
    clock.advance(499);
    expect(limit.take('a')).toBeGreaterThan(0);
    clock.advance(1);
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(500);
  });
});
