/** Every setting of Drydock: the one table that validates the environment and that `.env.example` is checked against. */
import {
  absolutePath,
  decimal,
  domainName,
  flag,
  integer,
  ipAddress,
  ipv4Address,
  networksAndNames,
  oneOf,
  size,
  text,
  url,
} from './env-kinds.mjs';

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {import('./env-kinds.mjs').Kind} kind
 * @property {string | undefined} fallback what holds when it is unset; undefined = nothing, or worked out at start
 * @property {string} reason what it does and why one would change it
 * @property {boolean} [outside] not named DRYDOCK_*, but read all the same
 */

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** @type {readonly Setting[]} */
export const SETTINGS = [
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
  {
    name: 'DRYDOCK_SESSION_HOURS',
    kind: decimal(0.01, 168),
    fallback: '4',
    reason: 'How long a session lasts unless its creator asks for less or more.',
  },
  {
    name: 'DRYDOCK_MAX_HOURS',
    kind: decimal(0.01, 168),
    fallback: '12',
    reason: 'The longest a session may last, extensions included.',
  },
  {
    name: 'DRYDOCK_GRACE_MINUTES',
    kind: decimal(0, 1440),
    fallback: '15',
    reason:
      'After its end the owner of a session can fetch its files for so long, but for a quarter of its length at most. 0: not at all.',
  },
  {
    name: 'DRYDOCK_IDLE_MINUTES',
    kind: decimal(0, 10_080),
    fallback: '0',
    reason:
      'A session in which nobody types or calls for so long ends; its pages are warned. 0: never. Unset on a public bind: 45.',
  },
  {
    name: 'DRYDOCK_NODES_PER_SESSION',
    kind: integer(1, 100),
    fallback: '8',
    reason: 'Nodes that one session may have at once.',
  },
  {
    name: 'DRYDOCK_MAX_SESSIONS',
    kind: integer(1, 1_000_000),
    fallback: '10000',
    reason: 'Sessions of all hosts at once; beyond it the answer is NO_CAPACITY.',
  },
  {
    name: 'DRYDOCK_TEMPLATES_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'Templates of your own, in YAML; they are offered before ours. docs/operations.md shows the form.',
  },
  {
    name: 'DRYDOCK_LABS_DIR',
    kind: absolutePath,
    fallback: undefined,
    reason:
      'A folder with labs of your own; one of the id of ours replaces it. Read again when something in it changes.',
  },
  {
    name: 'DRYDOCK_LAB_SOURCES',
    kind: text(
      /^[a-z][a-z0-9]*=https:\/\/\S+(\s*,\s*[a-z][a-z0-9]*=https:\/\/\S+)*$/,
      'name=https://… with {owner}, {repo} and {ref}, separated by commas',
    ),
    fallback: undefined,
    reason:
      'Forges from which labs may be had as name:owner/repo/path@ref: where their archives (tar.gz) lie, with {owner}, {repo} and {ref}. Unset: from none.',
  },
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
  {
    name: 'DRYDOCK_OIDC_ISSUER',
    kind: url(['https', 'http']),
    fallback: undefined,
    reason: 'Sign-in by OpenID Connect: the address of the issuer. Unset: nobody signs in.',
  },
  {
    name: 'DRYDOCK_OIDC_CLIENT_ID',
    kind: text(/^\S+$/, 'a name without spaces'),
    fallback: undefined,
    reason: 'What the issuer calls this Drydock; register <public URL>/api/v1/sign-in/callback there.',
  },
  {
    name: 'DRYDOCK_OIDC_CLIENT_SECRET_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'A file with the secret that the issuer gave. Unset: a public client, protected by PKCE alone.',
  },
  {
    name: 'DRYDOCK_OIDC_ALLOW',
    kind: text(/^[^\r\n]+$/, 'addresses, @domains and sub:subjects, separated by commas'),
    fallback: undefined,
    reason: 'Who may sign in: ann@example.org, @example.org, sub:1234. Unset: everybody whom the issuer lets in.',
  },
  {
    name: 'DRYDOCK_OIDC_OPERATOR',
    kind: text(/^[^=\s]{1,64}=\S{1,128}$/, 'claim=value'),
    fallback: undefined,
    reason:
      'Who is an operator by sign-in: a claim of the issuer’s token and a value that it is or holds, such as groups=drydock-operators. Unset: nobody; the page /operator then opens by a link alone.',
  },
  {
    name: 'DRYDOCK_AUDIT_ADDRESS',
    kind: oneOf(['plain', 'hash', 'none']),
    fallback: 'hash',
    reason:
      'What is kept of the address that starts a session, in the log and for the operator: the address, a keyed hash of it (equal for equal addresses, good for blocks), or nothing. Ask what the law wants of you.',
  },
  {
    name: 'DRYDOCK_CPU_RULE',
    kind: oneOf(['off', 'flag', 'freeze', 'end']),
    fallback: 'flag',
    reason: 'Against mining: what happens to a session one of whose nodes uses nearly all of its processors for long.',
  },
  {
    name: 'DRYDOCK_CPU_RULE_PERCENT',
    kind: integer(1, 100),
    fallback: '90',
    reason: 'The share of its own processors from which that rule counts.',
  },
  {
    name: 'DRYDOCK_CPU_RULE_MINUTES',
    kind: integer(1, 240),
    fallback: '30',
    reason: 'For how long; the mean counts, so that a pause now and then changes nothing.',
  },
  {
    name: 'DRYDOCK_START_GATE',
    kind: oneOf(['none', 'sign-in', 'work']),
    fallback: undefined,
    reason:
      'Who may create sessions: everybody (none), those who signed in, or whose browser has computed a little (work), against machines that start thousands. Unset: sign-in where there is an issuer.',
  },
  {
    name: 'DRYDOCK_OPEN',
    kind: oneOf(['yes']),
    fallback: undefined,
    reason:
      'yes: everybody who reaches a public place may start sessions. Such a place (DRYDOCK_HOST, DRYDOCK_DOMAIN or DRYDOCK_PUBLIC_URL beyond this machine) starts only with sign-in, the work gate, keys, or this.',
  },
  {
    name: 'DRYDOCK_WORK_BITS',
    kind: integer(1, 24),
    fallback: '18',
    reason:
      'How much a start costs where the gate is work: each bit doubles it; 18 is one to three seconds of a browser.',
  },
  {
    name: 'DRYDOCK_SESSIONS_PER_USER',
    kind: integer(1, 10_000),
    fallback: '3',
    reason: 'Sessions that one person who signed in may have at once.',
  },
  {
    name: 'DRYDOCK_METRICS_HOST',
    kind: ipAddress,
    fallback: '127.0.0.1',
    reason: 'Where /metrics is served for Prometheus; never on the public port.',
  },
  {
    name: 'DRYDOCK_METRICS_PORT',
    kind: integer(1, 65535),
    fallback: undefined,
    reason: 'The port of /metrics. Unset: any free one.',
  },
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
  {
    name: 'DRYDOCK_HUB_URL',
    kind: url(['http', 'https']),
    fallback: undefined,
    reason:
      'A registry to keep a cache of, for images that the library lacks: a class of thirty pulls each once. Unset: every node asks Docker Hub itself.',
  },
  {
    name: 'DRYDOCK_LIBRARY',
    kind: oneOf(['core', 'all']),
    fallback: 'all',
    reason:
      'Images of the library: all, of which the big ones (databases, Go, Adminer; about 250 MB) are made in the background after the first start, or core alone.',
  },
  {
    name: 'DRYDOCK_IMAGE_DAYS',
    kind: integer(0, 365),
    fallback: '7',
    reason:
      'A start makes the node image and the library again when their packages are older than so many days. 0: never; then security updates are yours to fetch.',
  },
  {
    name: 'DRYDOCK_APT_MIRROR',
    kind: url(['http', 'https', 'file']),
    fallback: undefined,
    reason: "The archive that the node image and the library are built from. Unset: the host's own.",
  },
  {
    name: 'DRYDOCK_MUST_WORK',
    kind: flag,
    fallback: '0',
    reason: 'Tests only: 1 turns a skip for want of a kernel feature into a failure.',
  },
  {
    name: 'DRYDOCK_CHROMIUM',
    kind: absolutePath,
    fallback: '/usr/bin/chromium',
    reason: 'Tests only: the Chromium that end-to-end tests drive.',
  },
  {
    name: 'DRYDOCK_TEST_ONLY',
    kind: text(/^[a-z0-9]+(,[a-z0-9]+)*$/, 'stage names separated by commas, e.g. unit,native'),
    fallback: undefined,
    reason: 'Tests only: the stages of `npm test` to run; the others count as skipped.',
  },
];

/** Handed between the tests' own processes; a stack that they start sees them too and ignores them. */
export const TEST_VARIABLES = ['DRYDOCK_E2E_STACK'];

/** What people set for `drydock` in their own shells (docs/cli.md). */
export const CLI_VARIABLES = ['DRYDOCK_URL', 'DRYDOCK_SESSION'];

/** What the supervisor tells its children; an operator who sets one of these for `npm start` is told so. */
export const INTERNAL_VARIABLES = [
  'DRYDOCK_INSTANCE',
  'DRYDOCK_RUNTIME',
  'DRYDOCK_STORE',
  'DRYDOCK_WEB_URL',
  'DRYDOCK_NATIVE_DIR',
  'DRYDOCK_LIBRARY_FILE',
  'DRYDOCK_AGENT_KEYS_FILE',
  'DRYDOCK_MANAGER_SECRET_FILE',
  'DRYDOCK_MANAGER_URL',
  'DRYDOCK_AGENT_NAME',
  'DRYDOCK_AGENT_KEY_FILE',
  'DRYDOCK_TERMINALS_SOCKET',
  'DRYDOCK_LIBRARY_URL',
  'DRYDOCK_LXCFS_DIR',
];

/** What the command line reads of whoever runs it (docs/cli.md). */
export const COMMAND_LINE_VARIABLES = ['DRYDOCK_URL', 'DRYDOCK_SESSION'];
