/** A session's namespace before it has a name and an uplink: rules, settings and the bridge, which need no session to be there. */
import { closeSync } from 'node:fs';
import type { NetnsAddon } from '../../system/netns-addon.ts';
import { loadRules } from '../../system/run-tool.ts';
import * as plan from '../addresses.ts';
import type { Egress } from '../egress.ts';
import { addAddress, addBridge, setLink } from '../rtnetlink.ts';
import { type SessionPolicy, sessionRules } from './session-rules.ts';

/** Held by a descriptor of this process alone: it goes with the agent when no session has taken it. */
export interface SessionNamespace {
  fd: number;
  seed: string;
  egress: Egress;
  /** Lets go of the descriptor; what has a name by then lives on. */
  close(): void;
}

const SYSCTLS = [
  ['ipv4/ip_forward', '1'],
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
  // Bridged traffic is the bridge table's business; through the inet hooks each frame would cost a connection entry.
  ['bridge/bridge-nf-call-iptables', '0'],
  ['bridge/bridge-nf-call-ip6tables', '0'],
  ['bridge/bridge-nf-call-arptables', '0'],
] as const;

/** The path by which this process and its children reach a namespace that it holds. */
const pathOf = (fd: number) => `/proc/${process.pid}/fd/${fd}`;

/** Makes one. Rules before any link is up: there is no moment without them. */
export async function makeSessionNamespace(
  addon: NetnsAddon,
  policy: SessionPolicy,
  mtu: number,
): Promise<SessionNamespace> {
  const { seed, egress } = policy;
  const fd = await addon.makeNetns();
  const path = pathOf(fd);
  try {
    for (const [name, value] of SYSCTLS) writeSysctl(addon, path, name, value);
    await loadRules(sessionRules(policy), path);
    await addon.sendRequests(
      path,
      Buffer.concat([setLink('lo', { up: true }), addBridge(plan.BRIDGE, plan.nodeMac(seed, 0), mtu)]),
    );
    const bridge = addon.linkIndex(path, plan.BRIDGE);
    await addon.sendRequests(
      path,
      Buffer.concat([addAddress(bridge, plan.GATEWAY_ADDRESS, 24), setLink(plan.BRIDGE, { up: true })]),
    );
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, seed, egress, close: () => closeSync(fd) };
}

function writeSysctl(addon: NetnsAddon, netns: string, name: string, value: string): void {
  try {
    addon.writeSysctl(netns, name, value);
  } catch (error) {
    // A kernel without IPv6 or bridge filtering has nothing to switch off.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
