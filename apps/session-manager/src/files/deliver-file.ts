/** Sends a file's bytes as the body of an answer: as many as its head says, whatever the node sends. */
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The first `length` bytes; what comes after them stays in the body. @throws Error where there are fewer */
async function* first(body: Readable, length: number): AsyncGenerator<Buffer> {
  let left = length;
  if (left === 0) return;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    yield part;
    if (left === 0) return;
  }
  throw new Error('the node has sent less than it said');
}

/**
 * Ends the response with `length` bytes of the body, or with all of it where no length was told. What a file has grown by meanwhile is left out:
 * on a connection that goes on it would be read as the next answer. The body is its owner's to close.
 * @throws where the body is shorter, or breaks off; the response is destroyed then, so that nobody takes a part for the whole.
 */
export async function deliverFile(response: Writable, body: Readable, length: number | undefined): Promise<void> {
  await (length === undefined ? pipeline(body, response) : pipeline(first(body, length), response));
}
