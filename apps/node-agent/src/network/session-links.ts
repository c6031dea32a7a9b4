/** The kernel's part of a session's network: namespace, bridge, uplink, rules, node links. Knows no state; every step may find leftovers. */
import { stat, writeFile } from 'node:fs/promises';
import { nodeAddress } from '@drydock/protocol';
import * as plan from './addresses.ts';
import type { Egress, TrafficLimits } from './egress.ts';
import { waitForLinks } from './link-up.ts';
import type { NetnsAddon } from './netns-addon.ts';
import { ipBatch, loadRules, startIp } from './run-tool.ts';
import { sessionRules } from './session-rules.ts';

export interface SessionLinks {
  /** Makes the namespace with all but node links; nothing of that name may be there. */
  build(sessionId: string, egress: Egress, transit: number): Promise<void>;
  /** Gives the namespace of `pid` its eth0, carrying when this resolves. */
  attach(sessionId: string, node: { name: string; index: number; pid: number }): Promise<void>;
  /** Takes a node's link away if it is there. */
  detach(sessionId: string, index: number): Promise<void>;
  /** Removes what there is of the namespace and its uplink. */
  remove(sessionId: string): Promise<void>;
  exists(sessionId: string): Promise<boolean>;
}

const OWN_NETNS = '/proc/self/ns/net';

/** Sysctls of a session's namespace. */
const SYSCTLS = [
  ['ipv4/ip_forward', '1'],
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
  // Bridged traffic is the bridge table's business; through the inet hooks each frame would cost a connection entry.
  ['bridge/bridge-nf-call-iptables', '0'],
  ['bridge/bridge-nf-call-ip6tables', '0'],
  ['bridge/bridge-nf-call-arptables', '0'],
] as const;

/** Of everything between nodes where sessions stay on one host. */
const DEFAULT_MTU = 1500;

/** Builds the functions; `mtu` is that of everything between nodes. Tools are started before their turn where they can be: starting is what takes their time. */
export function createSessionLinks(addon: NetnsAddon, limits: TrafficLimits, mtu = DEFAULT_MTU): SessionLinks {
  function writeSysctl(netns: string, name: string, value: string): void {
    try {
      addon.writeSysctl(netns, name, value);
    } catch (error) {
      // A kernel without IPv6 or bridge filtering has nothing to switch off.
      ignoreMissing(error);
    }
  }

  async function makeNamespace(sessionId: string): Promise<void> {
    const link = plan.sessionLink(sessionId);
    await ipBatch([
      `netns add ${link}`,
      `link add ${link} mtu 1500 type veth peer name ${plan.UPLINK} mtu 1500 netns ${link}`,
    ]);
    for (const [name, value] of SYSCTLS) writeSysctl(plan.sessionNetnsPath(sessionId), name, value);
    await writeFile(`/proc/sys/net/ipv6/conf/${link}/disable_ipv6`, '1').catch(ignoreMissing);
  }

  /** Rules before any link is up: there is no moment without them. */
  async function fillNamespace(sessionId: string, egress: Egress, host: string, session: string): Promise<void> {
    const netns = plan.sessionNetnsPath(sessionId);
    const ip = startIp(netns);
    try {
      await loadRules(sessionRules(sessionId, egress, limits), netns);
      await ip.finish([
        'link set lo up',
        `link add ${plan.BRIDGE} mtu ${mtu} address ${plan.nodeMac(sessionId, 0)} type bridge stp_state 0 mcast_snooping 0`,
        `addr add ${plan.GATEWAY_ADDRESS}/24 dev ${plan.BRIDGE}`,
        `link set ${plan.BRIDGE} up`,
        `addr add ${session}/30 dev ${plan.UPLINK}`,
        `link set ${plan.UPLINK} up`,
        `route add default via ${host} onlink dev ${plan.UPLINK}`,
      ]);
    } finally {
      ip.cancel();
    }
  }

  async function plug(sessionId: string, node: { name: string; index: number; pid: number }): Promise<void> {
    const netns = plan.sessionNetnsPath(sessionId);
    const port = plan.portLink(node.index);
    const mac = plan.nodeMac(sessionId, node.index);
    const add = [
      `link add ${port} mtu ${mtu} type veth peer name eth0 address ${mac} mtu ${mtu} netns ${node.pid}`,
      `link set ${port} alias ${node.name}`,
      `link set ${port} master ${plan.BRIDGE}`,
      `link set ${port} up`,
    ];
    await ipBatch(add, netns).catch(async () => {
      // What an earlier, interrupted attach left.
      await ipBatch([`link del ${port}`], netns).catch(() => undefined);
      await ipBatch(add, netns);
    });
  }

  return {
    async build(sessionId, egress, transit) {
      const netns = plan.sessionNetnsPath(sessionId);
      const link = plan.sessionLink(sessionId);
      const { host, session } = plan.transitAddresses(transit);
      const hostIp = startIp();
      try {
        await makeNamespace(sessionId);
        await Promise.all([
          fillNamespace(sessionId, egress, host, session),
          hostIp.finish([`addr add ${host}/30 dev ${link}`, `link set ${link} up`]),
        ]);
      } finally {
        hostIp.cancel();
      }
      await waitForLinks(addon, [
        { netns, link: plan.UPLINK },
        { netns: OWN_NETNS, link },
      ]);
    },

    async attach(sessionId, node) {
      const netns = plan.sessionNetnsPath(sessionId);
      const nodeNetns = `/proc/${node.pid}/ns/net`;
      const inside = startIp(nodeNetns);
      try {
        await plug(sessionId, node);
        await inside.finish([
          'link set lo up',
          `addr add ${nodeAddress(node.index)}/24 dev eth0`,
          'link set eth0 up',
          `route add default via ${plan.GATEWAY_ADDRESS}`,
        ]);
      } finally {
        inside.cancel();
      }
      await waitForLinks(addon, [
        { netns, link: plan.portLink(node.index) },
        { netns: nodeNetns, link: 'eth0' },
        // Without nodes the bridge has no carrier; the first one gives it.
        { netns, link: plan.BRIDGE },
      ]);
    },

    async detach(sessionId, index) {
      const netns = plan.sessionNetnsPath(sessionId);
      const link = plan.portLink(index);
      if (await isThere(netns)) await ipBatch([`link del ${link}`], netns).catch(() => undefined);
    },

    async remove(sessionId) {
      const link = plan.sessionLink(sessionId);
      const lines: string[] = [];
      // The link first: a namespace that something still holds would keep it, and with it the name.
      if (await isThere(`/sys/class/net/${link}`)) lines.push(`link del ${link}`);
      if (await isThere(plan.sessionNetnsPath(sessionId))) lines.push(`netns del ${link}`);
      if (lines.length > 0) await ipBatch(lines);
    },

    exists: (sessionId) => isThere(plan.sessionNetnsPath(sessionId)),
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
