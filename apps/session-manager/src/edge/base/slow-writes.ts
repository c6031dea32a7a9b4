/** Slows a writable stream down to a rate, by its own back-pressure: nothing is copied, nothing is queued. */
import type { Writable } from 'node:stream';

/** Takes bytes from an allowance; answers how long to rest before the next ones (ms, 0 for not at all). */
export type Take = (bytes: number) => number;

const sizeOf = (chunk: unknown) =>
  typeof chunk === 'string' ? Buffer.byteLength(chunk) : ((chunk as Uint8Array | undefined)?.byteLength ?? 0);

/**
 * From now on `write` answers false while the allowance is used up, and `drain` comes when it is not any more. Writers that heed
 * back-pressure, such as `pipe`, are slowed; what others write is let through and counted.
 */
export function slowWrites(stream: Writable, take: Take): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const emit = stream.emit.bind(stream) as (event: string | symbol, ...args: unknown[]) => boolean;
  let rest: NodeJS.Timeout | undefined;
  /** A drain is owed when the rest is over. */
  let owed = false;

  function restFor(ms: number): void {
    rest = setTimeout(() => {
      rest = undefined;
      if (!owed) return;
      owed = false;
      if (!stream.destroyed) emit('drain');
    }, ms);
  }

  stream.write = ((...args: unknown[]) => {
    const isFree = write(...args);
    const ms = take(sizeOf(args[0]));
    if (rest === undefined && ms > 0) restFor(ms);
    if (rest === undefined) return isFree;
    // With room left, nobody but us will say when to go on.
    if (isFree) owed = true;
    return false;
  }) as typeof stream.write;
  stream.emit = ((event: string | symbol, ...args: unknown[]) => {
    if (event !== 'drain' || rest === undefined) return emit(event, ...args);
    owed = true;
    return false;
  }) as typeof stream.emit;
  stream.once('close', () => clearTimeout(rest));
}
