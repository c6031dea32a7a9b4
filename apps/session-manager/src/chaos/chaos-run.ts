/** One run of chaos: breaks a site under load in an order that a seed gives, and says what was broken and which promises did not hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChaosLoad, startChaosLoad } from './chaos-load.ts';
import { type ChaosStack, startChaosStack } from './chaos-stack.ts';

/** Random numbers in [0, 1) that a seed fixes (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Blow = (stack: ChaosStack, pick: <T>(from: readonly T[]) => T, awayMs: number) => Promise<string>;

async function crash(victim: { name: string; kill(): Promise<void>; start(): void | Promise<void> }, awayMs: number) {
  await victim.kill();
  await sleep(awayMs);
  await victim.start();
  return `kill -9 ${victim.name}, ${Math.round(awayMs)} ms away`;
}

/** All kinds of harm, each as likely as the others. */
const BLOWS: readonly Blow[] = [
  (stack, pick, awayMs) => crash(pick(stack.managers), awayMs),
  (stack, pick, awayMs) => crash(pick(stack.agents), awayMs),
  (stack, _pick, awayMs) => crash({ ...stack.redis, name: 'redis' }, awayMs),
  async (stack) => {
    stack.front.cut();
    return 'links of pages cut';
  },
  async (stack, pick) => {
    pick(stack.agentLinks).cut();
    return 'links of agents to one manager cut';
  },
];

export interface ChaosResult {
  faults: readonly string[];
  blows: readonly string[];
  counts: ChaosLoad['counts'];
}

/** Runs `blows` blows; the same seed gives the same ones in the same order. */
export async function runChaos(options: {
  seed: number;
  blows: number;
  managers: number;
  hosts: number;
  sessions: number;
}): Promise<ChaosResult> {
  const random = seededRandom(options.seed);
  const stack = await startChaosStack(options);
  try {
    const load = await startChaosLoad(stack, options.sessions);
    const blows: string[] = [];
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    // Every kind comes once in each round, in an order of its own.
    let round: Blow[] = [];
    for (let count = 0; count < options.blows; count += 1) {
      if (round.length === 0) round = [...BLOWS];
      const [blow] = round.splice(Math.floor(random() * round.length), 1);
      await sleep(300 + random() * 700);
      blows.push(await (blow as Blow)(stack, pick, 100 + random() * 1200));
    }
    await sleep(1000);
    await load.finish();
    return { faults: load.faults, blows, counts: load.counts };
  } finally {
    await stack.stop();
  }
}
