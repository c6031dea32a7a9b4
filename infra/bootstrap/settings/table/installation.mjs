/** The installation: addresses, names, certificates, its store and its directories. */
import { absolutePath, domainName, flag, integer, ipAddress, oneOf, size, text, url } from '../env-kinds.mjs';

const GIB = 1024 ** 3;

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const INSTALLATION = [
  {
    name: 'DRYDOCK_PORT',
    kind: integer(1, 65535),
    fallback: '3000',
    reason: 'The one public port: pages, API, sockets and published ports.',
  },
  {
    name: 'DRYDOCK_HOST',
    kind: ipAddress,
    fallback: '127.0.0.1',
    reason: 'The address it listens on. 0.0.0.0 opens it to all who can reach this machine: an explicit choice.',
  },
  {
    name: 'DRYDOCK_DOMAIN',
    kind: domainName,
    fallback: 'localhost',
    reason:
      'The domain of the pages; published ports are <port>-<node>-<session>.<domain>, so it needs a wildcard record.',
  },
  {
    name: 'DRYDOCK_PORTS_DOMAIN',
    kind: domainName,
    fallback: undefined,
    reason:
      'Another domain for published ports, best one that is registered apart: then no page of a node is same-site with ours. Unset: DRYDOCK_DOMAIN.',
  },
  {
    name: 'DRYDOCK_PORT_CONNECTIONS',
    kind: integer(1, 100_000),
    fallback: '1024',
    reason: "Requests and sockets that one session's published ports may have under way at once.",
  },
  {
    name: 'DRYDOCK_PORT_BANDWIDTH',
    kind: size(0, 1024 * GIB),
    fallback: '0',
    reason: "Bytes a second of one session's published ports, both directions together, e.g. 50m. 0: no bound.",
  },
  {
    name: 'DRYDOCK_PORT_WARNING',
    kind: flag,
    fallback: '0',
    reason:
      '1: who holds no link of the session sees a warning before the page of a public port. Unset on a public bind: 1.',
  },
  {
    name: 'DRYDOCK_PUBLIC_URL',
    kind: url(['http', 'https']),
    fallback: undefined,
    reason:
      'The address that browsers see when a proxy stands in front (TLS), e.g. https://lab.example.org, also with a path.',
  },
  {
    name: 'DRYDOCK_HOST_NAMES',
    kind: text(/^[a-z0-9.-]+(, *[a-z0-9.-]+)*$/i, 'names separated by commas'),
    fallback: undefined,
    reason:
      'Further names that this place is called by. Requests that say any other are refused (DNS rebinding), but for addresses and localhost.',
  },
  {
    name: 'DRYDOCK_TLS_CERT_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason:
      'A certificate (PEM, with its chain) for the domain and all names below it: the public port then speaks TLS and HTTP/2 itself. Read anew when it changes.',
  },
  {
    name: 'DRYDOCK_TLS_KEY_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'The key of that certificate; the user drydock must be able to read both files.',
  },
  {
    name: 'REDIS_URL',
    kind: url(['redis', 'rediss', 'redis+cluster', 'rediss+cluster']),
    fallback: undefined,
    reason:
      'A Redis of your own: redis[s]://…, for a cluster redis[s]+cluster://host:port?seeds=host:port. Unset: an embedded one.',
    outside: true,
  },
  {
    name: 'DRYDOCK_REDIS_CA_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'Certificates (PEM) of who signed that of a rediss:// server, when the system does not know it.',
  },
  {
    name: 'DRYDOCK_MANAGER_NAME',
    kind: text(/^[\w.:-]{1,128}$/, 'letters, digits, dots, colons and hyphens'),
    fallback: undefined,
    reason: 'The manager’s lasting name where several serve one Redis. Unset: this machine’s name and the port.',
  },
  {
    name: 'DRYDOCK_MANAGER_URLS',
    kind: text(/^https?:\/\/[^\s,]+(, *https?:\/\/[^\s,]+)*$/, 'addresses separated by commas'),
    fallback: undefined,
    reason:
      'All managers of one Redis, for this host’s agent: their own addresses, not the balancer’s. Unset: this one.',
  },
  {
    name: 'DRYDOCK_INSECURE_MANAGER',
    kind: flag,
    fallback: '0',
    reason:
      '1: this host’s key and its terminals may go to a manager on another machine by plain http. Whoever is on the way can then be this host. 0: https only.',
  },
  {
    name: 'DRYDOCK_STATE_DIR',
    kind: absolutePath,
    fallback: '/var/lib/drydock',
    reason: 'Lasting data: images, Redis, disks of nodes, secrets, logs. Two stacks on a machine need two of them.',
  },
  {
    name: 'DRYDOCK_IMAGES_DIR',
    kind: absolutePath,
    fallback: undefined,
    reason: 'Where built images lie; unset: images/ in the state directory. Stacks may share one.',
  },
  {
    name: 'DRYDOCK_RUN_DIR',
    kind: absolutePath,
    fallback: '/run/drydock',
    reason: 'Sockets and host-wide claims of addresses and user ids. All stacks of a machine must share one.',
  },
  {
    name: 'DRYDOCK_LOG_LEVEL',
    kind: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    reason: 'How much the processes log; the logs lie in logs/ in the state directory.',
  },
];
