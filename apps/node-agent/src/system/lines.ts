/** Lines of a stream that nobody can be sure of: bounded in length and in rate. */
import type { Readable } from 'node:stream';

/** Bytes read a second before the reader rests: what a hostile source may cost us. */
const MAX_BYTES_A_SECOND = 4 * 1024 * 1024;

/**
 * Calls `onLine` for each line of at most `maxLength` characters, without its end. A longer line, or an `onLine` that throws, destroys the
 * stream: its source is broken. Faster sources are slowed down.
 */
export function readLines(stream: Readable, maxLength: number, onLine: (line: string) => void): void {
  let rest = '';
  let second = 0;
  let bytes = 0;
  stream.setEncoding('utf8');
  stream.on('error', () => {}); // Whoever owns the stream hears of it too.
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    try {
      for (const line of lines) {
        if (line.length > maxLength) throw new Error('a line is too long');
        if (line !== '') onLine(line);
      }
      if (rest.length > maxLength) throw new Error('a line is too long');
    } catch (error) {
      stream.destroy(error as Error);
      return;
    }
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) bytes = 0;
    second = now;
    bytes += chunk.length;
    if (bytes < MAX_BYTES_A_SECOND) return;
    stream.pause();
    setTimeout(() => stream.resume(), 1000).unref();
  });
}
