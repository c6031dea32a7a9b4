/** What nodes may reach outside: the policies and the lists behind them. */
import { SESSION_SUBNET, TRANSIT_RANGE } from './addresses.ts';

export type Egress = 'internet' | 'mirror-only' | 'none';

/**
 * Not reachable from a node unless DRYDOCK_EGRESS_ALLOW says so: every row of IANA's special-purpose registry (RFC 6890, read in
 * November 2026) that is not globally reachable, multicast, and what clouds have outside of it. IPv6 never leaves a session: its rules drop all of it.
 */
export const PRIVATE_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's WireServer: goal state and certificates of the machine, at a public address.
  '168.63.129.16',
  '169.254.0.0/16',
  '172.16.0.0/12',
  // Holds 192.0.0.192, a cloud's metadata too.
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const;

/** What no setting opens: the host's loopback, metadata services, sessions' own addresses and uplinks, multicast. */
export const NEVER_REACHED = [
  '0.0.0.0/8',
  TRANSIT_RANGE,
  '127.0.0.0/8',
  '168.63.129.16',
  '169.254.0.0/16',
  '192.0.0.0/24',
  SESSION_SUBNET,
  '224.0.0.0/3',
] as const;

/** Mail submission and transfer: an open playground would be a spammer's. */
export const MAIL_PORTS = [25, 465, 587] as const;
/** Ports that public mining pools document for Stratum. */
export const MINING_PORTS = [3333, 3334, 3357, 4444, 5555, 7777, 8333, 9332, 9999, 14433, 14444, 45560, 45700] as const;

/** What one node may do to the outside, and one session over its uplink. */
export interface TrafficLimits {
  /** New connections that one node may make a second. */
  connectionsPerSecond: number;
  /** Connections that one node may hold. */
  connections: number;
  /** What one session moves, each way (bits a second). */
  bandwidth: number;
}

/** Seconds of new connections that a node may make at once after a pause: a page with its parts, a pull with its layers. */
export const CONNECTION_BURST_SECONDS = 4;

/** An image pull is quick, and a flood leaves most of a gigabit to the others. */
export const DEFAULT_TRAFFIC_LIMITS: TrafficLimits = {
  connectionsPerSecond: 100,
  connections: 1024,
  bandwidth: 250_000_000,
};

/**
 * What one session may ask of its gateway a second, and at once after a pause: the agent serves all sessions of the host by one
 * thread. A page or a package manager asks for tens of names, eight nodes that pull a stack open some tens of connections.
 */
export const GATEWAY_RATES = {
  queries: { perSecond: 400, burst: 800 },
  connections: { perSecond: 50, burst: 200 },
  requests: { perSecond: 100, burst: 500 },
} as const;
