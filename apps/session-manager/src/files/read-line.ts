/** Reads the first line of a stream and leaves the rest in it. */
import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/**
 * The text before the first newline, or undefined when the stream ends, fails, holds too much without one, or is silent for
 * `timeoutMs` over all. What follows the newline stays to be read.
 */
export function readLine(
  stream: Readable,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (line: string | undefined) => {
      clearTimeout(timer);
      stream.off('readable', look);
      stream.off('end', nothing);
      stream.off('close', nothing);
      stream.off('error', nothing);
      resolve(line);
    };
    const nothing = () => finish(undefined);
    const look = () => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        const at = chunk.indexOf(NEWLINE);
        if (at === -1) {
          chunks.push(chunk);
          size += chunk.length;
          if (size > maxBytes) return finish(undefined);
          continue;
        }
        chunks.push(chunk.subarray(0, at));
        const rest = chunk.subarray(at + 1);
        if (rest.length > 0) stream.unshift(rest);
        return finish(Buffer.concat(chunks).toString());
      }
    };
    const timer = setTimeout(nothing, timeoutMs);
    stream.on('readable', look);
    stream.once('end', nothing);
    stream.once('close', nothing);
    // Kept after the line was read: what happens to the stream later is for its reader.
    stream.on('error', nothing);
    look();
  });
}
