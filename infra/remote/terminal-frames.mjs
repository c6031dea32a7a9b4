/** The binary frames of `/terminal-socket` that a shell needs (docs/PROTOCOL.md, T-20 on); numbers are little-endian. */

const INPUT = 1;
const ACK = 2;
const OUTPUT = 3;

/** A name with its length in front. @param {string} text */
const name = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);

/** @param {number} value */
function float64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/**
 * @param {{call: number, terminalId: string, writer: string, seq: number}} input
 * @param {Buffer} data
 */
export function encodeInput({ call, terminalId, writer, seq }, data) {
  const head = Buffer.alloc(5);
  head[0] = INPUT;
  head.writeUInt32LE(call, 1);
  return Buffer.concat([head, name(terminalId), name(writer), float64(seq), data]);
}

/** @param {string} terminalId @param {number} offset all before it is drawn */
export function encodeAck(terminalId, offset) {
  return Buffer.concat([Buffer.from([ACK]), name(terminalId), float64(offset)]);
}

/**
 * @param {Buffer} frame
 * @returns {{terminalId: string, offset: number, data: Buffer} | undefined} undefined for any other frame
 */
export function decodeOutput(frame) {
  if (frame[0] !== OUTPUT) return undefined;
  const length = frame[1] ?? 0;
  const terminalId = frame.toString('latin1', 2, 2 + length);
  return { terminalId, offset: frame.readDoubleLE(2 + length), data: frame.subarray(10 + length) };
}
