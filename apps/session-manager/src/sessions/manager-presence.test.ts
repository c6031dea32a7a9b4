import { DrydockError } from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { expect, it } from 'vitest';
import { createMemoryPresence } from '../store/presence/memory.ts';
import { createManagerPresence } from './manager-presence.ts';

const logger = createLogger('test', 'silent');

function site() {
  const clock = createManualClock();
  const memory = createMemoryPresence(clock);
  let isAway = false;
  const store = {
    beat: (...args: Parameters<typeof memory.beat>) =>
      isAway ? Promise.reject(new DrydockError('STORE_UNAVAILABLE')) : memory.beat(...args),
    leave: memory.leave,
  };
  const manager = (name: string, hosts: string[] = []) =>
    createManagerPresence({ store, name, hosts: () => hosts, clock, logger });
  /** Lets time pass with a sign of life of these managers every second. */
  const pass = async (seconds: number, living: ReturnType<typeof manager>[]) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1000);
      for (const each of living) await each.refresh();
    }
  };
  return {
    manager,
    pass,
    storeAway: (away: boolean) => {
      isAway = away;
    },
  };
}

it('a manager that gives no sign is dead after its time, and its hosts are seen by nobody', async () => {
  const { manager, pass } = site();
  const [a, b] = [manager('a'), manager('b', ['h1'])];
  await b.refresh();
  await a.refresh();
  expect([a.isAlive(b.instance), a.seenElsewhere('h1'), a.seenElsewhere('h2')]).toEqual([true, true, false]);
  await pass(10, [a]);
  expect(a.isAlive(b.instance)).toBe(true);
  await pass(4, [a]);
  expect([a.isAlive(b.instance), a.seenElsewhere('h1')]).toEqual([false, false]);
});

it('a second life under a name ends the first at once', async () => {
  const { manager } = site();
  const [a, b] = [manager('a'), manager('b')];
  await b.refresh();
  await a.refresh();
  const reborn = manager('b');
  await reborn.refresh();
  await a.refresh();
  expect([a.isAlive(b.instance), a.isAlive(reborn.instance)]).toEqual([false, true]);
});

it('thirty seconds without the store make nobody dead: whoever comes back first waits for the others', async () => {
  const { manager, pass, storeAway } = site();
  const [a, b] = [manager('a'), manager('b', ['h1'])];
  await b.refresh();
  await a.refresh();
  storeAway(true);
  await pass(30, [a, b]);
  storeAway(false);
  await pass(5, [a]);
  expect([a.isAlive(b.instance), a.seenElsewhere('h1')]).toEqual([true, true]);
  await pass(12, [a]);
  expect(a.isAlive(b.instance)).toBe(false);
});
