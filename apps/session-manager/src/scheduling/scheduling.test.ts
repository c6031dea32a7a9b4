import { createManualClock } from '@drydock/service-kit';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../sessions/memory-store.ts';
import { createAdmission } from './admission.ts';
import type { Host } from './host-registry.ts';
import { type Candidate, pickHost } from './pick-host.ts';
import { createRateLimit } from './rate-limit.ts';

const LIMITS = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };

function host(name: string, maxNodes: number, state: Host['state'] = 'connected', pool = 0): Host {
  const capacity = { cpus: 8, memoryBytes: 1, diskBytes: 1, pool, maxNodes, defaultLimits: LIMITS };
  return { name, state, capacity, version: '1', since: 0, capabilities: {} as Host['capabilities'] };
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

describe('the choice of a host', () => {
  it.each<[string, Candidate[], number, string | undefined, string | undefined]>([
    ['none is there', [], 1, undefined, undefined],
    ['the emptier one', [at('a', 10, 5), at('b', 10, 2)], 1, undefined, 'b'],
    ['the larger free share, not the larger number', [at('a', 100, 60), at('b', 10, 1)], 1, undefined, 'b'],
    ['the one with booted nodes among equals', [at('a', 10, 2), at('b', 10, 2, 'connected', 3)], 1, undefined, 'b'],
    ['the first name among equals', [at('b', 10, 2), at('a', 10, 2)], 1, undefined, 'a'],
    ['one that takes all at once', [at('a', 4, 1), at('b', 10, 8)], 3, undefined, 'a'],
    ['nobody, rather than half of them', [at('a', 4, 2), at('b', 4, 2)], 3, undefined, undefined],
    ['no draining host', [at('a', 10, 0, 'draining'), at('b', 10, 9)], 1, undefined, 'b'],
    ['no lost host', [at('a', 10, 0, 'lost')], 1, undefined, undefined],
    ['the session’s home, however full', [at('a', 10, 9), at('b', 10, 0)], 1, 'a', 'a'],
    ['nobody when the home is full', [at('a', 10, 10), at('b', 10, 0)], 1, 'a', undefined],
  ])('is %s', (_what, candidates, count, home, chosen) => {
    expect(pickHost(candidates, count, home)).toBe(chosen);
  });

  it('takes less than a millisecond at 500 hosts', () => {
    const candidates = Array.from({ length: 500 }, (_, index) => at(`h${index}`, 40, index % 40));
    pickHost(candidates, 3, undefined);
    const times = Array.from({ length: 101 }, () => {
      const began = performance.now();
      pickHost(candidates, 3, undefined);
      return performance.now() - began;
    }).sort((a, b) => a - b);
    // The median: on a busy machine single calls are interrupted.
    expect(times[50]).toBeLessThan(1);
  });
});

describe('admission', () => {
  const clock = createManualClock(1_000_000);
  let placed = 0;
  const hosts = [host('a', 2)];
  const admission = createAdmission({
    hosts: { list: () => hosts, get: () => hosts[0] },
    placed: () => placed,
    line: createMemoryStore(clock),
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
