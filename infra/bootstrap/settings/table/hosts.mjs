/** What this host holds, and where its nodes may go in the network. */
import { decimal, integer, ipv4Address, networksAndNames, oneOf, size } from '../env-kinds.mjs';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const HOSTS = [
  {
    name: 'DRYDOCK_POOL_SIZE',
    kind: integer(0, 1000),
    fallback: undefined,
    reason:
      'Nodes kept booted for nobody yet, so that Add node is instant. Unset: chosen by the memory of the host (one for 8 GiB, 4 at most) and by what was asked for at once in the last ten minutes (16 at most).',
  },
  {
    name: 'DRYDOCK_EGRESS',
    kind: oneOf(['internet', 'mirror-only', 'none']),
    fallback: 'internet',
    reason:
      'What nodes reach: the internet (never private ranges, this host or its neighbours), only the image mirror, or nothing. Unset on a public bind: mirror-only.',
  },
  {
    name: 'DRYDOCK_EGRESS_DENY',
    kind: networksAndNames,
    fallback: undefined,
    reason:
      'IPv4 networks that nodes never reach, and names (with all below) that never resolve for them, separated by commas, e.g. 203.0.113.0/24,example.org. Wins over DRYDOCK_EGRESS_ALLOW.',
  },
  {
    name: 'DRYDOCK_EGRESS_ALLOW',
    kind: networksAndNames,
    fallback: undefined,
    reason:
      'IPv4 networks that nodes reach although they are private or the host’s own, and with mirror-only; names (with all below) that they reach with mirror-only. docs/operations.md says what a name can promise.',
  },
  {
    name: 'DRYDOCK_MAX_NODES',
    kind: integer(1, 10_000),
    fallback: undefined,
    reason: 'Nodes that this host takes at most. Unset: by its memory and disk and DRYDOCK_OVERCOMMIT.',
  },
  {
    name: 'DRYDOCK_DISK_FLOOR',
    kind: size(64 * MIB, 1024 * GIB),
    fallback: '2g',
    reason:
      "Free disk under the nodes' disks below which the sessions that write most are frozen, and told, until twice as much is free. Give nodes/ in the state directory a file system of its own to keep logs and Redis apart.",
  },
  {
    name: 'DRYDOCK_OVERCOMMIT',
    kind: decimal(1, 100),
    fallback: '4',
    reason:
      'How many nodes are promised the same memory and disk. At 4 a class fits that uses a quarter of its limits; nodes that all reach them are killed for want of memory and frozen for want of disk. 1: every node can have all of it at once.',
  },
  {
    name: 'DRYDOCK_HOST_ADDRESS',
    kind: ipv4Address,
    fallback: undefined,
    reason:
      'This machine’s address on a private network of the place’s hosts (IPv4). Set on every host, sessions that no longer fit on one host go on on another. Unset: each stays on one host.',
  },
  {
    name: 'DRYDOCK_FLOW_LOG_DAYS',
    kind: integer(0, 3650),
    fallback: undefined,
    reason:
      'Days that this host keeps a sample of the connections that nodes made to the outside (flows/ in the state directory). 0: none is written. Unset: 7 on a public bind and on hosts of a manager elsewhere, else none. docs/operations.md says what it holds.',
  },
];
