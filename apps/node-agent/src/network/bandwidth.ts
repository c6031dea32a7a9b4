/** Limits what a session moves over its uplink, each direction on the side that sends. */
import { UPLINK } from './addresses.ts';
import { runTool } from './run-tool.ts';

/** Bytes that may go at once: segments come in bundles of up to 64 kB. */
const BURST_BYTES = 1024 * 1024;
/** Longest wait in the queue; what would wait longer is dropped. */
const QUEUE = '100ms';

const shape = (bitsPerSecond: number) => [
  ...['root', 'tbf', 'rate', `${bitsPerSecond}bit`],
  ...['burst', `${BURST_BYTES}b`, 'latency', QUEUE],
];

/** Limits what the namespace at `netns` sends by `link`. */
export async function limitSending(netns: string, link: string, bitsPerSecond: number): Promise<void> {
  await runTool(['tc', 'qdisc', 'replace', 'dev', link, ...shape(bitsPerSecond)], { netns });
}

/** Limits the uplink of the namespace at `netns` and its host end `link` to `bitsPerSecond`, each way. */
export async function limitBandwidth(netns: string, link: string, bitsPerSecond: number): Promise<void> {
  await Promise.all([
    limitSending(netns, UPLINK, bitsPerSecond),
    runTool(['tc', 'qdisc', 'replace', 'dev', link, ...shape(bitsPerSecond)]),
  ]);
}
