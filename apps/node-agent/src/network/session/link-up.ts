/** Waits until links really carry packets. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetnsAddon } from '../../system/netns-addon.ts';

/** IF_OPER_UP (RFC 2863, linux/if.h). */
const UP = 6;
const POLL_MS = 1;
/** The kernel's link watcher needs microseconds, or longer while other namespaces are torn down (ms). */
const LONGEST_MS = 1000;

/**
 * Resolves when all links are up, and after a second at the latest. Of a veth pair the end that was set up first is activated by a worker
 * of the kernel some time later: without waiting, a first packet may be lost, and TCP repeats it only after a second.
 */
export async function waitForLinks(
  addon: NetnsAddon,
  links: readonly { netns: string; link: string }[],
): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  for (const { netns, link } of links) {
    while (addon.linkState(netns, 0, link) !== UP && performance.now() < end) await sleep(POLL_MS);
  }
}
