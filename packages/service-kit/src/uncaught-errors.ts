/**
 * Errors that no handler caught. A process that serves everybody must not end because one request found a mistake of ours: they are
 * counted and kept for the operator, and the process goes on (docs/decisions/0023-go-on-after-an-uncaught-error.md).
 */
import type { UncaughtError } from '@drydock/protocol';
import { MAX_LAST_UNCAUGHT, MAX_UNCAUGHT_STACK, MAX_UNCAUGHT_WHERE } from '@drydock/protocol';
import { type Clock, systemClock } from './clock.ts';

/** Stacks that are logged per minute; more are counted only. Whoever finds a mistake must not fill the disk with it. */
const MAX_LOGGED_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

/** The message of the log line. Test runs look for it: a run that saw one fails. */
export const UNCAUGHT_ERROR = 'uncaught error';

/** The part of a logger that is used. */
export interface ErrorLog {
  error(fields: object, message: string): void;
}

export interface UncaughtErrors {
  /** Since the start of the process. */
  count(): number;
  /** The newest last; MAX_LAST_UNCAUGHT at most. */
  last(): readonly UncaughtError[];
  /** Calls back after each; a later listener takes the place of an earlier one. */
  onReport(listener: () => void): void;
  /** Counts, keeps and logs one. Never throws, whatever was thrown. */
  report(error: unknown, where: string): void;
  /**
   * Runs `handler`. What it throws is reported, and `giveUp` ends what it was for; what that throws is reported, too.
   * Only for what is thrown at once: promises that fail come by `catchUncaught`.
   */
  guard(where: string, handler: () => void, giveUp: () => void): void;
}

/** The stack of what was thrown, with its causes' sentences, bounded. Anything can be thrown, also what throws when it is read. */
function stackOf(error: unknown): string {
  try {
    const text =
      error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `thrown: ${String(error)}`;
    const cause = error instanceof Error && error.cause instanceof Error ? `\ncause: ${error.cause.message}` : '';
    return `${text}${cause}`.slice(0, MAX_UNCAUGHT_STACK);
  } catch {
    return 'thrown: something that cannot be read';
  }
}

/** Builds an empty record; `logger` gets each of them (MAX_LOGGED_PER_MINUTE at most). */
export function createUncaughtErrors({
  logger,
  clock = systemClock,
}: {
  logger: ErrorLog;
  clock?: Pick<Clock, 'now'>;
}): UncaughtErrors {
  const last: UncaughtError[] = [];
  let count = 0;
  let tell: () => void = () => undefined;
  let minute = { began: Number.NEGATIVE_INFINITY, logged: 0 };

  function report(error: unknown, where: string): void {
    const at = clock.now();
    const seen = { at, where: where.slice(0, MAX_UNCAUGHT_WHERE), stack: stackOf(error) };
    count += 1;
    last.push(seen);
    if (last.length > MAX_LAST_UNCAUGHT) last.shift();
    if (at - minute.began >= MINUTE_MS) minute = { began: at, logged: 0 };
    minute.logged += 1;
    try {
      if (minute.logged <= MAX_LOGGED_PER_MINUTE)
        logger.error({ where: seen.where, stack: seen.stack }, UNCAUGHT_ERROR);
      tell();
    } catch {
      // A log that cannot be written is no reason to end.
    }
  }

  return {
    count: () => count,
    last: () => [...last],
    onReport(listener) {
      tell = listener;
    },
    report,
    guard(where, handler, giveUp) {
      try {
        handler();
      } catch (error) {
        report(error, where);
        try {
          giveUp();
        } catch (second) {
          report(second, `${where}, giving up`);
        }
      }
    },
  };
}

/**
 * From now on the process goes on after an error that nobody caught: of a timer, a socket, a promise. Call it when the process is ready;
 * before that it ends by such an error, and its supervisor says so. Returns what undoes it.
 */
export function catchUncaught(errors: UncaughtErrors, process: NodeJS.EventEmitter = globalThis.process): () => void {
  const onError = (error: unknown) => errors.report(error, 'callback');
  const onRejection = (reason: unknown) => errors.report(reason, 'promise');
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onRejection);
  return () => void process.off('uncaughtException', onError).off('unhandledRejection', onRejection);
}
