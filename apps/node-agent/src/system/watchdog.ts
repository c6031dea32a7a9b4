/** systemd's watchdog (`WatchdogSec=`): it kills and starts again a process that is alive and does nothing any more. */
import { execFile } from 'node:child_process';
import type { Logger } from '@drydock/service-kit';

/** Notices within the time that systemd waits (sd_watchdog_enabled(3) asks for two): one that is late on a busy machine is no end. */
const NOTICES = 4;
/** What a notice may take (ms); the next one is sent all the same. */
const NOTICE_MS = 10_000;

/**
 * Tells systemd from the event loop that it turns, for as long as the process lives; without `waitUs`, the time that systemd waits
 * (microseconds, `WATCHDOG_USEC`), nobody listens and nothing is done. Node.js has no datagram sockets of that kind, so systemd's own
 * program sends them.
 */
export function startWatchdog(waitUs: number | undefined, logger: Logger): void {
  if (waitUs === undefined) return;
  const notice = () =>
    execFile('systemd-notify', ['WATCHDOG=1'], { timeout: NOTICE_MS }, (error) => {
      if (error !== null) logger.warn({ err: error }, 'systemd was not told that this process is at work');
    });
  setInterval(notice, waitUs / 1000 / NOTICES).unref();
}
