/** Typing on its last step: into a PTY that takes only so much while its program does not read. */
import { DrydockError, MAX_PENDING_INPUT_BYTES } from '@drydock/protocol';
import { createBackoff } from '@drydock/service-kit';

/** How often a full PTY is tried again (ms). node-pty's own queue spins without a pause, which costs a core. */
const RETRY = { minMs: 1, maxMs: 32, jitter: 0 };

export interface PtyInput {
  /** The program is ready: what waits is written from now on. */
  open(): void;
  /** Whether `bytes` more fit within the bound. */
  hasRoom(bytes: number): boolean;
  /**
   * Writes behind all that was written before; resolves when the PTY has all of it.
   * @throws DrydockError TERMINAL_NOT_FOUND when the terminal ends before that.
   */
  write(data: Uint8Array): Promise<void>;
  /** The PTY is gone: everything that waits fails. */
  close(): void;
}

interface Waiting {
  rest: Uint8Array;
  done: () => void;
  fail: (error: DrydockError) => void;
}

/**
 * Builds the queue in front of `tryWrite`, which takes what fits without waiting and returns how much that was. It is held until
 * `open`: before dd-enter has made its side raw, the PTY would echo what is typed, and Ctrl-C would end dd-enter.
 */
export function createPtyInput(tryWrite: (data: Uint8Array) => number): PtyInput {
  const queue: Waiting[] = [];
  const backoff = createBackoff(RETRY);
  let pendingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let opened = false;
  let closed = false;

  function drain(): void {
    timer = undefined;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const taken = tryWrite(head.rest);
      pendingBytes -= taken;
      if (taken > 0) backoff.reset();
      if (taken < head.rest.byteLength) {
        head.rest = head.rest.subarray(taken);
        timer = setTimeout(drain, backoff.next());
        return;
      }
      queue.shift();
      head.done();
    }
  }

  return {
    open() {
      if (opened) return;
      opened = true;
      drain();
    },
    // One piece of any legal size always fits into an empty queue.
    hasRoom: (bytes) => pendingBytes === 0 || pendingBytes + bytes <= MAX_PENDING_INPUT_BYTES,
    write(data) {
      if (closed) return Promise.reject(new DrydockError('TERMINAL_NOT_FOUND', 'The shell has ended.'));
      return new Promise((done, fail) => {
        queue.push({ rest: data, done, fail });
        pendingBytes += data.byteLength;
        if (opened && timer === undefined) drain();
      });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const waiting of queue.splice(0))
        waiting.fail(new DrydockError('TERMINAL_NOT_FOUND', 'The shell has ended.'));
    },
  };
}
