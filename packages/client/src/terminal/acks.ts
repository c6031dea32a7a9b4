/** Tells the server how far a terminal is drawn: often enough that the stream never stands still, and no oftener (T-6). */
import { TERMINAL_WINDOW_BYTES } from '@drydock/protocol';

/** Drawn bytes after which an acknowledgement goes at once: a fraction of the window, so that the stream never stands still. */
const ACK_EVERY_BYTES = TERMINAL_WINDOW_BYTES / 4;
/** Fewer drawn bytes than that are acknowledged after this time (ms): keys' echoes need no message of their own. */
const ACK_DELAY_MS = 1000;

export interface Acks {
  /** An attach goes on at `offset`: nothing beyond it is acknowledged. */
  begin(offset: number): void;
  /** All bytes before `offset` are drawn. */
  drawn(offset: number): void;
  dispose(): void;
}

/** Builds it; `send` acknowledges all bytes before an offset. */
export function createAcks(send: (offset: number) => void): Acks {
  let drawn = 0;
  let acked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  function sendAck(): void {
    if (disposed || drawn <= acked) return;
    acked = drawn;
    send(drawn);
  }

  function onTimer(): void {
    timer = undefined;
    sendAck();
  }

  return {
    begin(offset) {
      acked = offset;
    },
    drawn(offset) {
      drawn = Math.max(drawn, offset);
      if (drawn - acked >= ACK_EVERY_BYTES) sendAck();
      // One timer goes on through a flood: thousands that are set and cleared cost the page time.
      else timer ??= setTimeout(onTimer, ACK_DELAY_MS);
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
