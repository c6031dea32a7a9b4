/** Waiting times of reconnection: quick at first, never longer than five seconds, spread so that a class does not return in step. */

const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** The wait before attempt `attempt` (from 0) in ms: doubles from 250 to 5000, with a quarter of jitter either way. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(base * (0.75 + random() * 0.5));
}
