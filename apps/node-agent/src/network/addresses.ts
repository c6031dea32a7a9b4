/** Every address, link name and MAC of a session's network, computed: nothing here is allocated or remembered. */
import { createHash } from 'node:crypto';
import { MAX_NODES_PER_SESSION, nodeAddress, type SessionId } from '@drydock/protocol';

/** The session's bridge: the nodes' gateway, name server and image mirror. */
export const GATEWAY_ADDRESS = '192.168.0.1';
export const SESSION_SUBNET = '192.168.0.0/24';
export const DNS_PORT = 53;
export const MIRROR_PORT = 5000;
export const BRIDGE = 'br0';
/** The session namespace's end of the uplink. */
export const UPLINK = 'up0';
/** The session namespace's end of the tunnels to the session's other hosts. */
export const SPAN_LINK = 'vx0';
/** UDP port of these tunnels on every host; beside 4789, where a docker of the host's own has its overlays. */
export const SPAN_PORT = 4799;
/** Uplinks take their /30s from the range for carrier-grade NAT (RFC 6598): nobody routes it. */
export const TRANSIT_RANGE = '100.64.0.0/10';
/** /30 networks in the range. */
export const TRANSIT_COUNT = 2 ** 20;

const TRANSIT_FIRST = (100 << 24) + (64 << 16);

/** A session's namespace and, on the host, its uplink have the same name (14 characters at most fit a link's name). */
export function sessionLink(sessionId: SessionId): string {
  return `dd-${sessionId}`;
}

/** Where a session's namespace is mounted. */
export function sessionNetnsPath(sessionId: SessionId): string {
  return `/run/netns/${sessionLink(sessionId)}`;
}

/** The bridge port of node `index` in the session's namespace. */
export function portLink(index: number): string {
  return `n${index}`;
}

/** The node number of a bridge port's name, if it is one. */
export function portIndex(link: string): number | undefined {
  const index = /^n([1-9]\d{0,2})$/.exec(link)?.[1];
  return index !== undefined && Number(index) <= MAX_NODES_PER_SESSION ? Number(index) : undefined;
}

/** A locally administered MAC, the same for the same seed (the session's id, or its namespace's own) and node number; 0 is the bridge's. */
export function nodeMac(seed: string, index: number): string {
  const hash = createHash('sha256').update(seed).digest();
  return [0x02, 0xdd, hash[0] as number, hash[1] as number, hash[2] as number, index]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
}

/** The two ends of transit network `n`. */
export function transitAddresses(n: number): { host: string; session: string } {
  const base = TRANSIT_FIRST + n * 4;
  return { host: dotted(base + 1), session: dotted(base + 2) };
}

/** Every node a session can have, as the anti-spoofing rules need them. */
export function allPorts(seed: string): { link: string; mac: string; ip: string }[] {
  return Array.from({ length: MAX_NODES_PER_SESSION }, (_, at) => ({
    link: portLink(at + 1),
    mac: nodeMac(seed, at + 1),
    ip: nodeAddress(at + 1),
  }));
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
