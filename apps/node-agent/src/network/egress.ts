/** What nodes may reach outside: the policies and the lists behind them. */

export type Egress = 'internet' | 'mirror-only' | 'none';

/** Never reachable from a node: private, shared, link-local (cloud metadata), loopback, test, multicast and reserved ranges (RFC 6890). */
export const PRIVATE_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
] as const;

/** Mail submission and transfer: an open lab would be a spammer's. */
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
