/** The kernel's part of a session's network: its place on the host, its uplink, its nodes' links. Knows no state; every step may find leftovers. */
import { stat, writeFile } from 'node:fs/promises';
import { nodeAddress, type SessionId } from '@drydock/protocol';
import type { NetnsAddon } from '../../system/netns-addon.ts';
import { type NodePlug, openNamespace } from '../../system/node-plug.ts';
import { ipBatch, runTool } from '../../system/run-tool.ts';
import * as plan from '../addresses.ts';
import { limitBandwidth } from '../bandwidth.ts';
import { addAddress, addDefaultRoute, addVeth, setLink } from '../rtnetlink.ts';
import { FIRST_LINK } from './first-link.ts';
import { waitForLinks } from './link-up.ts';
import type { SessionNamespace } from './session-namespace.ts';

/** A node of a session, and where its link ends. */
export interface PluggedNode {
  name: string;
  index: number;
  plug: NodePlug;
}

export interface SessionLinks {
  /** Gives a namespace the session's name and uplink; nothing of that name may be there. */
  place(sessionId: SessionId, transit: number, namespace: SessionNamespace): Promise<void>;
  /** Gives a node its eth0 with the MAC of `seed`, carrying when this resolves. */
  attach(sessionId: SessionId, seed: string, node: PluggedNode): Promise<void>;
  /** Takes a node's link away if it is there. */
  detach(sessionId: SessionId, index: number): Promise<void>;
  /** Removes what there is of the namespace and its uplink. */
  remove(sessionId: SessionId): Promise<void>;
  exists(sessionId: SessionId): Promise<boolean>;
}

const OWN_NETNS = '/proc/self/ns/net';
const NETNS_DIRECTORY = '/run/netns';
/** Numbers of bridge ports in a session's namespace, far from those that the kernel gives by itself. */
const PORT_INDEXES = 1000;

/** As `ip netns` does it: a name that is taken away on the host is so in every mount namespace that has seen it. */
async function shareNames(): Promise<void> {
  const share = ['mount', '--make-rshared', NETNS_DIRECTORY];
  await runTool(['mkdir', '-p', NETNS_DIRECTORY]);
  await runTool(share).catch(async () => {
    await runTool(['mount', '--rbind', NETNS_DIRECTORY, NETNS_DIRECTORY]);
    await runTool(share);
  });
}

/** Of everything between nodes where sessions stay on one host. */
export const DEFAULT_MTU = 1500;

/** Builds the functions; `bandwidth` is a session's, each way (bits a second), `mtu` that of everything between nodes. */
export function createSessionLinks(addon: NetnsAddon, bandwidth: number, mtu = DEFAULT_MTU): SessionLinks {
  let shared: Promise<void> | undefined;
  const send = (netns: string, ...requests: Buffer[]) => addon.sendRequests(netns, Buffer.concat(requests));

  async function plug(sessionId: SessionId, seed: string, node: PluggedNode, fd: number): Promise<void> {
    const netns = plan.sessionNetnsPath(sessionId);
    const port = plan.portLink(node.index);
    const add = (indexes: { own?: number; peer?: number }) => {
      const own = {
        name: port,
        master: addon.linkIndex(netns, plan.BRIDGE),
        up: true,
        index: indexes.own ?? 0,
      } as const;
      const peer = { name: 'eth0', mac: plan.nodeMac(seed, node.index), fd, index: indexes.peer ?? 0 };
      return send(netns, addVeth(own, peer, mtu), setLink(port, { alias: node.name }));
    };
    await add({ own: PORT_INDEXES + node.index, peer: FIRST_LINK }).catch(async () => {
      // What an earlier, interrupted attach left; or the number is taken.
      await ipBatch([`link del ${port}`], netns).catch(() => undefined);
      await add({});
    });
  }

  return {
    async place(sessionId, transit, namespace) {
      shared ??= shareNames();
      await shared;
      const netns = plan.sessionNetnsPath(sessionId);
      const link = plan.sessionLink(sessionId);
      const { host, session } = plan.transitAddresses(transit);
      addon.nameNetns(namespace.fd, netns);
      await send(OWN_NETNS, addVeth({ name: link }, { name: plan.UPLINK, fd: namespace.fd }, DEFAULT_MTU));
      await writeFile(`/proc/sys/net/ipv6/conf/${link}/disable_ipv6`, '1').catch(ignoreMissing);
      const [outer, inner] = [addon.linkIndex(OWN_NETNS, link), addon.linkIndex(netns, plan.UPLINK)];
      await send(OWN_NETNS, addAddress(outer, host, 30), limitBandwidth(outer, bandwidth), setLink(link, { up: true }));
      await send(
        netns,
        addAddress(inner, session, 30),
        limitBandwidth(inner, bandwidth),
        setLink(plan.UPLINK, { up: true }),
        addDefaultRoute(inner, host),
      );
      await waitForLinks(addon, [
        { netns, link: plan.UPLINK },
        { netns: OWN_NETNS, link },
      ]);
    },

    async attach(sessionId, seed, node) {
      const netns = plan.sessionNetnsPath(sessionId);
      const namespace = openNamespace(node.plug);
      try {
        await plug(sessionId, seed, node, namespace.fd);
        const eth0 = addon.linkIndex(namespace.path, 'eth0');
        await send(
          namespace.path,
          setLink('lo', { up: true }),
          addAddress(eth0, nodeAddress(node.index), 24),
          setLink('eth0', { up: true }),
          addDefaultRoute(eth0, plan.GATEWAY_ADDRESS),
        );
        await waitForLinks(addon, [
          { netns, link: plan.portLink(node.index) },
          { netns: namespace.path, link: 'eth0' },
          // Without nodes the bridge has no carrier; the first one gives it.
          { netns, link: plan.BRIDGE },
        ]);
      } finally {
        namespace.close();
      }
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
