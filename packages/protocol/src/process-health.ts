/** How a process of the place fares: errors that nothing caught, and how long its event loop was held. */
import { z } from 'zod';

/** Uncaught errors that a process keeps for the operator; all are counted. */
export const MAX_LAST_UNCAUGHT = 10;
/** Longest stack that is kept (characters). */
export const MAX_UNCAUGHT_STACK = 4000;
/** Longest name of the place where one came out (characters). */
export const MAX_UNCAUGHT_WHERE = 64;

export const uncaughtErrorSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number().int(),
  /** What it ended: a request, an upgrade, a callback, a promise. */
  where: z.string().max(MAX_UNCAUGHT_WHERE),
  stack: z.string().max(MAX_UNCAUGHT_STACK),
});
export type UncaughtError = z.infer<typeof uncaughtErrorSchema>;

export const PROCESSES = ['manager', 'pages', 'agent', 'terminals'] as const;

export const processHealthSchema = z.object({
  process: z.enum(PROCESSES),
  uncaught: z.object({
    /** Since the process started. */
    count: z.number().int().min(0),
    /** The newest last. */
    last: z.array(uncaughtErrorSchema).max(MAX_LAST_UNCAUGHT),
  }),
  /** Delays of the event loop in the last one to two minutes (ms). */
  loop: z.object({ p99Ms: z.number().min(0), longestMs: z.number().min(0) }),
});
export type ProcessHealth = z.infer<typeof processHealthSchema>;

/** Where the page server tells the manager of itself, and the header with which only the manager asks: visitors' are taken away. */
export const PAGE_HEALTH_PATH = '/process-health';
export const MANAGER_HEADER = 'x-drydock-manager';
