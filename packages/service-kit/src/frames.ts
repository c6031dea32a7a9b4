/** Messages on a terminal host's connections: a JSON header and raw bytes behind it, each with its length in front. */

/** A frame's lengths: of the whole rest and of its header, as 32-bit little-endian numbers. */
const PREFIX_BYTES = 8;

/** The other side does not keep to the form: the connection is of no further use. */
export class FrameError extends Error {}

export interface Frame {
  header: unknown;
  /** A view; copy what is kept. */
  bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The buffers of one frame, to be written one after another. */
export function encodeFrame(header: object, bytes: Uint8Array = NO_BYTES): Uint8Array[] {
  const json = JSON.stringify(header);
  const headerLength = Buffer.byteLength(json);
  const head = Buffer.allocUnsafe(PREFIX_BYTES + headerLength);
  head.writeUInt32LE(headerLength + bytes.byteLength, 0);
  head.writeUInt32LE(headerLength, 4);
  head.write(json, PREFIX_BYTES);
  return bytes.byteLength === 0 ? [head] : [head, bytes];
}

/**
 * Builds a reader that is fed a stream's chunks and calls `onFrame` for each frame, in order.
 * The reader throws FrameError for a frame of more than `maxBytes` or of a wrong form; it holds at most one frame.
 */
export function createFrameReader(maxBytes: number, onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = PREFIX_BYTES;

  function take(): Buffer {
    const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, held);
    chunks = [];
    held = 0;
    return whole;
  }

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.byteLength;
    if (held < needed) return;
    let data = take();
    needed = PREFIX_BYTES;
    while (data.byteLength >= PREFIX_BYTES) {
      const length = data.readUInt32LE(0);
      const headerLength = data.readUInt32LE(4);
      if (length > maxBytes || headerLength > length) throw new FrameError(`a frame of ${length} bytes`);
      const end = PREFIX_BYTES + length;
      if (data.byteLength < end) {
        needed = end;
        break;
      }
      const headerEnd = PREFIX_BYTES + headerLength;
      onFrame({
        header: parseHeader(data.toString('utf8', PREFIX_BYTES, headerEnd)),
        bytes: data.subarray(headerEnd, end),
      });
      data = data.subarray(end);
    }
    if (data.byteLength > 0) {
      chunks = [data];
      held = data.byteLength;
    }
  };
}

function parseHeader(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new FrameError('a header that is not JSON');
  }
}
