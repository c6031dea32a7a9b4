/** The network over which hosts carry the traffic of sessions that span them: this host's place in it, and who is heard. */
import { type Underlay, VXLAN_OVERHEAD } from '@drydock/protocol';
import { z } from 'zod';
import { loadRules, runTool } from '../../system/run-tool.ts';
import { SPAN_PORT } from '../addresses.ts';

/** Nodes need not know that a network carries more. */
const USUAL_MTU = 1500;

const TABLE = 'inet drydock_underlay';
const linksSchema = z.array(z.object({ mtu: z.number().int().optional() }));

/** What this host can offer at `address`. @throws Error when the address is not this machine's. */
export async function readUnderlay(address: string): Promise<Underlay> {
  const found = linksSchema.parse(JSON.parse(await runTool(['ip', '-j', '-4', 'address', 'show', 'to', address])));
  // Of a link without that address older versions of ip leave an empty object.
  const mtu = found.find((link) => link.mtu !== undefined)?.mtu;
  if (mtu === undefined) throw new Error(`DRYDOCK_HOST_ADDRESS: no link of this machine has the address ${address}`);
  return { address, mtu: Math.min(USUAL_MTU, mtu - VXLAN_OVERHEAD) };
}

/**
 * Hears tunnels of these hosts only, at this host's own address. A node cannot speak as its host: what goes from a session to that
 * port would leave masqueraded, with an address that the others believe.
 */
export async function admitHosts(address: string, hosts: readonly string[]): Promise<void> {
  const elements = hosts.length === 0 ? '' : `elements = { ${hosts.join(', ')} }`;
  await loadRules(`
table ${TABLE}
flush table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  set hosts {
    type ipv4_addr
    ${elements}
  }
  chain input {
    type filter hook input priority filter - 10; policy accept;
    udp dport ${SPAN_PORT} ip daddr ${address} ip saddr @hosts accept
    udp dport ${SPAN_PORT} counter drop
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname "dd-*" udp dport ${SPAN_PORT} counter drop
  }
}
`);
}

/** Takes the rules away: nothing of ours listens any more. */
export async function admitNobody(): Promise<void> {
  await runTool(['nft', 'delete', 'table', ...TABLE.split(' ')]).catch(() => undefined);
}
