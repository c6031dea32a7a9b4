/** The rules of one session's own namespace: who may be whom, what nodes reach outside, and what they reach of the gateway. */
import { MAX_NODES_PER_SESSION, REFUSAL_REASONS, type Refusals, refusalsSchema } from '@drydock/protocol';
import { z } from 'zod';
import { runTool } from '../../system/run-tool.ts';
import {
  allPorts,
  BRIDGE,
  DNS_PORT,
  GATEWAY_ADDRESS,
  MIRROR_PORT,
  nodeMac,
  SESSION_SUBNET,
  SPAN_LINK,
  UPLINK,
} from '../addresses.ts';
import {
  CONNECTION_BURST_SECONDS,
  type Egress,
  GATEWAY_RATES,
  MAIL_PORTS,
  MINING_PORTS,
  PRIVATE_RANGES,
  type TrafficLimits,
} from '../egress.ts';
import type { EgressLists } from '../egress-lists.ts';
import { outermost } from '../ip-networks.ts';

/** Destinations that a session's rules note between two readings, and for how long (s); more are left out (flow-log.ts). */
const MAX_FLOWS = 2048;
export const FLOW_SECONDS = 600;

/** MACs that containers of a session may have of their own at once; a node has at most 2,000 processes, and each MAC takes the kernel some hundred bytes. */
export const MAX_STRANGERS = 1024;
/** As long as the bridge remembers a MAC (its ageing time, IEEE 802.1D), so that the two lists are of one length (s). */
const STRANGER_SECONDS = 300;

/** What a session's rules are made of. */
export interface SessionPolicy {
  /** What its MACs are derived from. */
  seed: string;
  egress: Egress;
  limits: TrafficLimits;
  /** The operator's own. */
  lists: EgressLists;
  /** Networks that the host stands in (host-networks.ts). */
  neighbours: readonly string[];
}

/** Addresses that one session may have admitted by names at once (named-addresses.ts). */
export const MAX_NAMED = 1024;

/** Counters of refused packets by reason; "spoofed" is the bridge table's own. */
const SESSION_COUNTERS = REFUSAL_REASONS.filter((reason) => reason !== 'spoofed');

/** The nft ruleset of a session with the MACs of `seed`, all nodes it can ever have included: attaching a node changes no rule. */
export function sessionRules(policy: SessionPolicy): string {
  return [bridgeTable(policy.seed), inetTable(policy)].join('\n');
}

/**
 * A session's network is its learner's: containers may have MACs and IPv4 addresses of their own on it (macvlan, ipvlan), also behind
 * VLAN tags (decision 0022). Three things are guarded. Nobody but the gateway sends as the gateway, and no node's MAC comes from elsewhere.
 * The gateway hears only nodes, each by its own port with its own MAC and address: what leaves by the uplink, and what is counted, is a
 * node's. And the bridge learns MAX_STRANGERS more MACs at most, since each costs kernel memory. Every host of a session has a gateway of
 * the same MAC and address for its own nodes, so what is for the gateway or comes from it stays on its host.
 */
function bridgeTable(seed: string): string {
  const ports = allPorts(seed);
  const gatewayMac = nodeMac(seed, 0);
  return `
table bridge session {
  counter spoofed {
  }
  set macs {
    type ifname . ether_addr
    elements = { ${ports.map((port) => `"${port.link}" . ${port.mac}`).join(', ')} }
  }
  set addresses {
    type ifname . ether_addr . ipv4_addr
    elements = { ${ports.map((port) => `"${port.link}" . ${port.mac} . ${port.ip}`).join(', ')} }
  }
  set strangers {
    type ifname . ether_addr
    size ${MAX_STRANGERS}
    flags dynamic,timeout
    timeout ${STRANGER_SECONDS}s
  }
  chain prerouting {
    type filter hook prerouting priority -300; policy accept;
    ether saddr ${gatewayMac} counter name spoofed drop
    ether type ip ip saddr ${GATEWAY_ADDRESS} counter name spoofed drop
    ether type arp arp htype 1 arp ptype ip arp saddr ip ${GATEWAY_ADDRESS} counter name spoofed drop
    ether type arp arp htype 1 arp ptype ip arp saddr ether ${gatewayMac} counter name spoofed drop
    ether type ip jump known
    ether type arp arp htype 1 arp ptype ip jump known
    ether type 8021q vlan id 1-4094 jump known
    drop
  }
  chain known {
    iifname . ether saddr @macs accept
    # Its last byte is 0; a node's is the node's number. Another host's nodes come by the tunnel.
    iifname != "${SPAN_LINK}" ether saddr & ff:ff:ff:ff:ff:00 == ${gatewayMac} counter name spoofed drop
    update @strangers { iifname . ether saddr } accept
    counter name spoofed drop
  }
  chain input {
    type filter hook input priority -300; policy accept;
    ether type ip iifname . ether saddr . ip saddr @addresses accept
    ether type arp iifname . arp saddr ether . arp saddr ip @addresses iifname . ether saddr @macs accept
    ether type ip pkttype host counter name spoofed
    drop
  }
  chain forward {
    type filter hook forward priority -300; policy accept;
    oifname "${SPAN_LINK}" arp daddr ip ${GATEWAY_ADDRESS} drop
    oifname "${SPAN_LINK}" ether daddr ${gatewayMac} drop
  }
  chain output {
    type filter hook output priority -300; policy accept;
    oifname "${SPAN_LINK}" drop
  }
}`;
}

function inetTable({ egress, limits, lists, neighbours }: SessionPolicy): string {
  const { queries, connections } = GATEWAY_RATES;
  const services = egress === 'none' ? [DNS_PORT] : [DNS_PORT, MIRROR_PORT];
  return `
table inet session {
  ${SESSION_COUNTERS.map((name) => `counter ${name} {\n  }`).join('\n  ')}
  ${networkSet('private', [...PRIVATE_RANGES, ...neighbours])}
  ${networkSet('denied', lists.denied.networks)}
  ${networkSet('allowed', lists.allowed.networks)}
  set named {
    type ipv4_addr
    size ${MAX_NAMED}
    flags timeout
  }
  set flows {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service
    size ${MAX_FLOWS}
    flags dynamic,timeout
    timeout ${FLOW_SECONDS}s
  }
  set held {
    type ipv4_addr
    size ${MAX_NODES_PER_SESSION * 2}
    flags dynamic
  }
  set made {
    type ipv4_addr
    size ${MAX_NODES_PER_SESSION * 2}
    flags dynamic,timeout
    timeout 1m
  }
  chain input {
    type filter hook input priority filter; policy drop;
    ${overRate(`udp dport ${DNS_PORT}`, queries)}
    ${overRate(`tcp dport ${DNS_PORT}`, queries)}
    ct state established,related accept
    iifname "lo" accept
    ${overRate(`tcp dport { ${services.join(', ')} }`, connections)}
    iifname "${BRIDGE}" ip daddr ${GATEWAY_ADDRESS} icmp type echo-request limit rate 200/second accept
    iifname "${BRIDGE}" ip daddr ${GATEWAY_ADDRESS} udp dport ${DNS_PORT} accept
    iifname "${BRIDGE}" ip daddr ${GATEWAY_ADDRESS} tcp dport { ${services.join(', ')} } accept
    counter name to_gateway
    iifname "${BRIDGE}" goto refuse
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "${BRIDGE}" oifname "${BRIDGE}" accept
    meta nfproto ipv6 drop
    ct state established,related accept
    iifname "${BRIDGE}" oifname "${UPLINK}" ip saddr ${SESSION_SUBNET} jump egress
    iifname "${BRIDGE}" goto refuse
  }
  chain egress {
    ${egressRules(egress).join('\n    ')}
  }
  chain admitted {
    ${admittedRules(limits).join('\n    ')}
  }
  chain refuse {
    limit rate over 500/second drop
    meta l4proto tcp reject with tcp reset
    reject with icmpx type admin-prohibited
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "${UPLINK}" masquerade
  }
}
`;
}

function networkSet(name: string, networks: readonly string[]): string {
  const elements = networks.length === 0 ? '' : `elements = { ${outermost(networks).join(', ')} }`;
  return `set ${name} {\n    type ipv4_addr\n    flags interval\n    ${elements}\n  }`;
}

/** Of packets to the gateway: queries of one socket are one connection to the kernel, so these come before what is established. */
function overRate(what: string, { perSecond, burst }: { perSecond: number; burst: number }): string {
  const limit = `limit rate over ${perSecond}/second burst ${burst} packets`;
  return `iifname "${BRIDGE}" ${what} ${limit} counter name over_rate drop`;
}

function egressRules(egress: Egress): string[] {
  const listed = ['ip daddr @denied counter name to_private goto refuse', 'ip daddr @allowed goto admitted'];
  const isPrivate = 'ip daddr @private counter name to_private goto refuse';
  switch (egress) {
    case 'internet':
      return [...listed, isPrivate, 'goto admitted'];
    case 'mirror-only':
      return [...listed, isPrivate, 'ip daddr @named goto admitted', 'counter name to_outside'];
    case 'none':
      return ['counter name to_outside'];
  }
}

function admittedRules({ connectionsPerSecond: perSecond, connections }: TrafficLimits): string[] {
  const burst = perSecond * CONNECTION_BURST_SECONDS;
  return [
    `tcp dport { ${MAIL_PORTS.join(', ')} } counter name to_mail goto refuse`,
    `tcp dport { ${MINING_PORTS.join(', ')} } counter name to_mining goto refuse`,
    `ct state new update @made { ip saddr limit rate over ${perSecond}/second burst ${burst} packets } counter name over_rate drop`,
    `ct state new add @held { ip saddr ct count over ${connections} } counter name over_total goto refuse`,
    'tcp flags syn tcp option maxseg size set rt mtu',
    // A full set ends this rule, not the packet.
    'meta l4proto { tcp, udp } ct state new update @flows { ip saddr . ip daddr . meta l4proto . th dport }',
    'ct state new accept',
  ];
}

const countersSchema = z.object({
  nftables: z.array(z.object({ counter: z.object({ name: z.string(), packets: z.number() }).optional() })),
});

/** Refused packets by reason, of the session whose namespace is at `netns`; reasons without any are left out. */
export async function readRefusals(netns: string): Promise<Refusals> {
  const listed = countersSchema.parse(JSON.parse(await runTool(['nft', '-j', 'list', 'counters'], { netns })));
  const counters = listed.nftables.flatMap(({ counter }) => (counter && counter.packets > 0 ? [counter] : []));
  return refusalsSchema.parse(Object.fromEntries(counters.map(({ name, packets }) => [name, packets])));
}
