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

/** New connections to the outside that one node may make a second, and at once after a pause. */
export const NODE_CONNECTION_RATE = { perSecond: 100, burst: 400 } as const;
/** Connections to the outside that one node may hold. */
export const NODE_CONNECTIONS = 1024;
