/** The number of a node's eth0, by which the kernel sorts links: it is listed before docker0, also when it comes later. */
import type { NetnsAddon } from '../../system/netns-addon.ts';
import { addBridge, deleteLink } from '../rtnetlink.ts';

/** The first number after the loopback's. */
export const FIRST_LINK = 2;
const PLACEHOLDER = 'first0';

/** Uses the number up in the namespace of `pid`: the kernel gives none a second time unless it is asked for by name. */
export async function reserveFirstLink(addon: NetnsAddon, pid: number): Promise<void> {
  const netns = `/proc/${pid}/ns/net`;
  await addon.sendRequests(netns, addBridge(PLACEHOLDER, '02:00:00:00:00:01', 1500));
  await addon.sendRequests(netns, deleteLink(addon.linkIndex(netns, PLACEHOLDER)));
}
