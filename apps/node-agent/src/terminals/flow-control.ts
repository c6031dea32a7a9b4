/** Decides whether a PTY is read: the slowest viewer of a terminal must never be able to stop the others (decision 0001, T-6). */
import { TERMINAL_LOG_BYTES, TERMINAL_WINDOW_BYTES } from '@drydock/protocol';

/** A viewer that draws nothing for this long (ms) while a full window behind no longer holds its terminal back. */
export const VIEWER_STALL_MS = 120_000;

/**
 * For this long (ms) after its last viewer went away, a terminal waits with what no longer fits into its log: a page that
 * reconnects, or a manager or agent that is started again, misses nothing even in the middle of a flood.
 */
export const RETURN_MS = 10_000;

/** Read (bytes) beyond what may be sent, so that an acknowledgement finds more at once instead of a PTY that must be read first. */
const READ_AHEAD_BYTES = 64 * 1024;
/** Reading pauses when every viewer is this far behind (bytes). */
export const PAUSE_BYTES = TERMINAL_WINDOW_BYTES + READ_AHEAD_BYTES;

/** Room (bytes) for what still comes after a pause was asked for: chunks under way, and a page, which is dropped as a whole. */
const PAUSE_SLACK_BYTES = 128 * 1024;

/** How far one viewer is. */
export interface Window {
  /** All before this offset is drawn. */
  acked: number;
  /** Since when it has been a full window behind without drawing anything (ms). */
  blockedSince: number | undefined;
}

/** Bytes that may be sent to a viewer that has been sent all before `cursor`. */
export function windowRoom({ acked }: Window, cursor: number): number {
  return Math.max(0, acked + TERMINAL_WINDOW_BYTES - cursor);
}

/** Notes that a viewer drew all before `offset`; older news is ignored. */
export function acknowledge(window: Window, offset: number): void {
  if (offset <= window.acked) return;
  window.acked = offset;
  window.blockedSince = undefined;
}

/**
 * Whether reading must pause at the log's `end`: there are viewers and each of them is `PAUSE_BYTES` behind. Those that stall
 * count as absent.
 */
export function mustPause(windows: Iterable<Window>, end: number, now: number): boolean {
  let holding = false;
  for (const window of windows) {
    if (end - window.acked < PAUSE_BYTES) {
      window.blockedSince = undefined;
      return false;
    }
    window.blockedSince ??= now;
    if (now - window.blockedSince < VIEWER_STALL_MS) holding = true;
  }
  return holding;
}

/** The last viewer that went away: what it had drawn, and when it went (ms). */
export interface Departed {
  acked: number;
  at: number;
}

/**
 * Whether reading must pause at the log's `end` for a viewer that may come back: what it has not drawn fills the log but for
 * the slack that bytes under way still need. Ends `RETURN_MS` after it went.
 */
export function mustAwait(departed: Departed | undefined, end: number, now: number): boolean {
  return (
    departed !== undefined &&
    now - departed.at < RETURN_MS &&
    end - departed.acked >= TERMINAL_LOG_BYTES - PAUSE_SLACK_BYTES
  );
}
