/** Turns signals into one orderly end of a process. */
import type { Logger } from './logger.ts';

/** How long an orderly end may take before the process leaves anyway (ms). */
const SHUTDOWN_DEADLINE_MS = 15_000;

/**
 * Calls `stop` once at the first of the signals, then exits 0; exits 1 when `stop` fails or takes longer than the deadline.
 * A second signal leaves at once.
 */
export function onShutdown(
  logger: Logger,
  stop: (signal: NodeJS.Signals) => Promise<void>,
  deadlineMs = SHUTDOWN_DEADLINE_MS,
): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error({ deadlineMs }, 'stop took too long');
      process.exit(1);
    }, deadlineMs).unref();
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
