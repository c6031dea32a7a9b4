/** What one address may ask for, and how fast. */
import { integer, text } from '../env-kinds.mjs';

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const VISITORS = [
  {
    name: 'DRYDOCK_TRUSTED_PROXIES',
    kind: text(/^[0-9a-fA-F.:/, ]+$/, 'addresses or networks separated by commas, e.g. 10.0.0.0/8'),
    fallback: undefined,
    reason: 'Proxies whose X-Forwarded-For is believed; rate limits go by the address that they name.',
  },
  {
    name: 'DRYDOCK_CREATE_BURST',
    kind: integer(1, 100_000),
    fallback: '40',
    reason: 'Sessions that one address may create at once: a class behind one address fits in.',
  },
  {
    name: 'DRYDOCK_CREATES_PER_MINUTE',
    kind: integer(1, 1_000_000),
    fallback: '30',
    reason: 'Sessions that one address may create each minute after the burst.',
  },
  {
    name: 'DRYDOCK_SESSIONS_PER_ADDRESS',
    kind: integer(1, 1_000_000),
    fallback: '40',
    reason:
      'Living sessions of one address (IPv4, or an IPv6 network of /64; four times as many for a /48): a class behind one address fits in. Who signed in is counted by name instead.',
  },
  {
    name: 'DRYDOCK_NODE_PERCENT_PER_ADDRESS',
    kind: integer(1, 100),
    fallback: '50',
    reason:
      'The part of all nodes, in percent, that one address may have at once, so that no stranger takes the whole place; one full session is always allowed.',
  },
  {
    name: 'DRYDOCK_CONNECTIONS_PER_ADDRESS',
    kind: integer(10, 1_000_000),
    fallback: '1000',
    reason: 'Connections that one address may hold to the public port: twenty for each of a class of fifty.',
  },
  {
    name: 'DRYDOCK_UNCOUNTED_NETWORKS',
    kind: text(/^[0-9a-fA-F.:/, ]+$/, 'addresses or networks separated by commas'),
    fallback: '127.0.0.0/8,::1',
    reason:
      'Addresses that the last three do not count: this machine’s own, and e.g. the one address of a school. Rates (creations, calls) hold for them too.',
  },
  {
    name: 'DRYDOCK_CALL_BURST',
    kind: integer(1, 1_000_000),
    fallback: '1000',
    reason: 'API calls that one address may make at once.',
  },
  {
    name: 'DRYDOCK_CALLS_PER_SECOND',
    kind: integer(1, 1_000_000),
    fallback: '200',
    reason: 'API calls that one address may make each second after the burst.',
  },
  {
    name: 'DRYDOCK_WRONG_TOKEN_BURST',
    kind: integer(1, 100_000),
    fallback: '30',
    reason: 'Wrong tokens that one address may try at once.',
  },
  {
    name: 'DRYDOCK_WRONG_TOKENS_PER_MINUTE',
    kind: integer(1, 100_000),
    fallback: '30',
    reason: 'Wrong tokens that one address may try each minute after the burst.',
  },
];
