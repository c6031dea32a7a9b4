/** Limits what a session moves over its uplink, each direction on the side that sends. */
import { UPLINK } from './addresses.ts';
import { runTool } from './run-tool.ts';

/** Of one session, each way (bits a second): an image pull is quick, and a flood leaves most of a gigabit to the others. */
export const SESSION_BANDWIDTH = 250_000_000;
/** Bytes that may go at once: segments come in bundles of up to 64 kB. */
const BURST_BYTES = 1024 * 1024;
/** Longest wait in the queue; what would wait longer is dropped. */
const QUEUE = '100ms';

/** Sets the limits on the uplink of the namespace at `netns` and its host end `link`. */
export async function limitBandwidth(netns: string, link: string): Promise<void> {
  const shape = ['root', 'tbf', 'rate', `${SESSION_BANDWIDTH}bit`, 'burst', `${BURST_BYTES}b`, 'latency', QUEUE];
  await Promise.all([
    runTool(['tc', 'qdisc', 'replace', 'dev', UPLINK, ...shape], { netns }),
    runTool(['tc', 'qdisc', 'replace', 'dev', link, ...shape]),
  ]);
}
