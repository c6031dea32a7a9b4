/** How much a node may use. */
import { decimal, flag, integer, size } from '../env-kinds.mjs';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const NODES = [
  {
    name: 'DRYDOCK_NODE_CPUS',
    kind: decimal(0.1, 256),
    fallback: '2',
    reason: 'CPU time of one node, in cores: a ceiling, not a reservation.',
  },
  {
    name: 'DRYDOCK_NODE_MEMORY',
    kind: size(256 * MIB, 1024 * GIB),
    fallback: '2g',
    reason: 'Memory of one node; what goes over it is killed inside the node.',
  },
  {
    name: 'DRYDOCK_NODE_DISK',
    kind: size(GIB, 4096 * GIB),
    fallback: '10g',
    reason: 'Disk of one node: a sparse file, so that it takes only what was written.',
  },
  {
    name: 'DRYDOCK_NODE_PIDS',
    kind: integer(256, 1_000_000),
    fallback: '4096',
    reason: 'Processes and threads of one node: a fork bomb stops here.',
  },
  {
    name: 'DRYDOCK_NODE_FILES',
    kind: integer(1024, 1_048_576),
    fallback: '1048576',
    reason: 'Files that one process of a node may hold open; all of them count as memory of the node too.',
  },
  {
    name: 'DRYDOCK_NODE_DISK_MBYTES',
    kind: integer(1, 100_000),
    fallback: '200',
    reason:
      'Megabytes a second that one node reads from its disk at most, and as many that its programs write and wait for.',
  },
  {
    name: 'DRYDOCK_NODE_DISK_OPS',
    kind: integer(10, 10_000_000),
    fallback: '10000',
    reason: 'The same in operations a second: a storm of small writes ends here.',
  },
  {
    name: 'DRYDOCK_LXCFS',
    kind: flag,
    fallback: '1',
    reason:
      "1: free, top, uptime and the like show a node's own figures, by the distribution's lxcfs where the kernel has FUSE. 0: they show the host's.",
  },
  {
    name: 'DRYDOCK_NODE_CONNECTIONS',
    kind: integer(16, 1_000_000),
    fallback: '1024',
    reason: 'Connections to the outside that one node may hold at once.',
  },
  {
    name: 'DRYDOCK_NODE_CONNECTIONS_PER_SECOND',
    kind: integer(1, 100_000),
    fallback: '100',
    reason: 'New connections to the outside that one node may make a second; four times as many at once after a pause.',
  },
  {
    name: 'DRYDOCK_SESSION_MBITS',
    kind: integer(1, 100_000),
    fallback: '250',
    reason: 'Megabits a second that all nodes of a session together move to the outside, and as many back.',
  },
];
