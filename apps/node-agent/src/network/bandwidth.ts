/** Limits what a session moves over its uplink, each direction on the side that sends. */

import { runTool } from '../system/run-tool.ts';
import { shapeLink } from './rtnetlink.ts';

const BITS = 8;
/** Bytes that may go at once: segments come in bundles of up to 64 kB. */
const BURST_BYTES = 1024 * 1024;
/** Longest wait in the queue (s); what would wait longer is dropped. */
const LONGEST_WAIT = 0.1;

/** The request that limits the link with that index to `bitsPerSecond`. */
export function limitBandwidth(index: number, bitsPerSecond: number): Buffer {
  const rate = Math.floor(bitsPerSecond / BITS);
  return shapeLink(index, { rate, burst: BURST_BYTES, limit: Math.floor(rate * LONGEST_WAIT) + BURST_BYTES });
}

/** Limits what the namespace at `netns` sends by `link`. */
export async function limitSending(netns: string, link: string, bitsPerSecond: number): Promise<void> {
  const shape = [
    'root',
    'tbf',
    'rate',
    `${bitsPerSecond}bit`,
    'burst',
    `${BURST_BYTES}b`,
    'latency',
    `${LONGEST_WAIT}s`,
  ];
  await runTool(['tc', 'qdisc', 'replace', 'dev', link, ...shape], { netns });
}
