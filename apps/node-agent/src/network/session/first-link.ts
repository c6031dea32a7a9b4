/** The number of a node's eth0, by which the kernel sorts links: it is listed before docker0, also when it comes later. */
import type { NetnsAddon } from '../../system/netns-addon.ts';
import { type NodePlug, openNamespace } from '../../system/node-plug.ts';
import { addBridge, deleteLink } from '../rtnetlink.ts';

/** The first number after the loopback's. */
export const FIRST_LINK = 2;
const PLACEHOLDER = 'first0';

/** Uses the number up in a node's namespace: the kernel gives none a second time unless it is asked for by name. */
export async function reserveFirstLink(addon: NetnsAddon, plug: NodePlug): Promise<void> {
  const namespace = openNamespace(plug);
  try {
    await addon.sendRequests(namespace.path, addBridge(PLACEHOLDER, '02:00:00:00:00:01', 1500));
    await addon.sendRequests(namespace.path, deleteLink(addon.linkIndex(namespace.path, PLACEHOLDER)));
  } finally {
    namespace.close();
  }
}
