/** Network namespaces laid out as docker lays them out on a swarm node, with real links between them. */
import { spawnSync } from 'node:child_process';

/** @param {string[]} argv @param {{input?: string, mayFail?: boolean}} [options] */
export function run(argv, { input, mayFail = false } = {}) {
  const result = spawnSync(argv[0], argv.slice(1), { input, encoding: 'utf8' });
  if (result.status !== 0 && !mayFail) throw new Error(`${argv.join(' ')}: ${result.stderr || result.error}`);
  return result.stdout;
}

/**
 * The node (with docker_gwbridge and docker's closed FORWARD chain), its ingress sandbox, the sandbox of one overlay `n1`, a client outside
 * on the node's network, and `wire`, where the bridges of the overlays are. Task namespaces come with `addHost`.
 * @param {string} prefix of all names
 */
export function layOut(prefix) {
  const n = (/** @type {string} */ name) => `${prefix}-${name}`;
  const inside = (/** @type {string} */ name) => `ip -n ${n(name)}`;
  const lines = ['set -e'];
  for (const name of ['node', 'wire', 'ingress', 'lb', 'client']) {
    lines.push(`ip netns add ${n(name)}`, `${inside(name)} link set lo up`);
  }
  for (const bridge of ['in', 'n1']) lines.push(`${inside('wire')} link add ${bridge} up type bridge`);
  lines.push(
    `${inside('node')} link add docker_gwbridge up type bridge`,
    `${inside('node')} addr add 172.18.0.1/16 dev docker_gwbridge`,
    ...link(n('node'), 'eth0', n('client'), 'eth0'),
    `${inside('node')} addr add 192.168.7.11/24 dev eth0`,
    `${inside('client')} addr add 192.168.7.1/24 dev eth0`,
    ...plug(n('ingress'), 'eth0', '10.0.0.2/24', n('wire'), 'in'),
    ...plug(n('ingress'), 'eth1', '172.18.0.2/16', n('node'), 'docker_gwbridge'),
    `${inside('ingress')} route add default via 172.18.0.1`,
    ...plug(n('lb'), 'eth0', '10.0.1.2/24', n('wire'), 'n1'),
    `ip netns exec ${n('node')} sysctl -qw net.ipv4.ip_forward=1`,
    `ip netns exec ${n('node')} iptables-restore <<'RULES'`,
    '*filter',
    ':FORWARD DROP',
    ':DOCKER-USER - [0:0]',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -o docker_gwbridge -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -i docker_gwbridge ! -o docker_gwbridge -j ACCEPT',
    '-A FORWARD -i docker_gwbridge -o docker_gwbridge -j DROP',
    '-A DOCKER-USER -j RETURN',
    'COMMIT',
    'RULES',
  );
  run(['sh'], { input: lines.join('\n') });
}

let links = 0;

/** @param {string} a @param {string} aName @param {string} b @param {string} bName */
function link(a, aName, b, bName) {
  return [
    `ip link add ${aName} netns ${a} type veth peer name ${bName} netns ${b}`,
    `ip -n ${a} link set ${aName} up`,
    `ip -n ${b} link set ${bName} up`,
  ];
}

/** An interface with an address in `host`, its other end in a bridge. */
function plug(host, name, address, bridgeHost, bridge) {
  const end = `v${++links}`;
  return [
    ...link(host, name, bridgeHost, end),
    `ip -n ${bridgeHost} link set ${end} master ${bridge}`,
    `ip -n ${host} addr add ${address} dev ${name}`,
  ];
}

/**
 * A container: on both overlays with the last byte `number` of its addresses, and on docker_gwbridge. Published ports are redirected to the
 * task's own in here, as docker does it.
 * @param {string} prefix @param {string} name @param {number} number
 * @param {{protocol: string, target: number, published: number}[]} [ports]
 */
export function addHost(prefix, name, number, ports = []) {
  const host = `${prefix}-${name}`;
  const redirects = ports.map(
    ({ protocol, target, published }) =>
      `ip daddr 10.0.0.${number} ${protocol} dport ${published} redirect to :${target};`,
  );
  const lines = [
    'set -e',
    `ip netns add ${host}`,
    `ip -n ${host} link set lo up`,
    ...plug(host, 'eth0', `10.0.0.${number}/24`, `${prefix}-wire`, 'in'),
    ...plug(host, 'eth1', `10.0.1.${number}/24`, `${prefix}-wire`, 'n1'),
    ...plug(host, 'eth2', `172.18.1.${number}/16`, `${prefix}-node`, 'docker_gwbridge'),
    `ip -n ${host} route add default via 172.18.0.1`,
    `ip netns exec ${host} nft -f - <<'RULES'`,
    'table ip nat {',
    `chain prerouting { type nat hook prerouting priority dstnat; ${redirects.join(' ')} }`,
    '}',
    'RULES',
  ];
  run(['sh'], { input: lines.join('\n') });
}

/** @param {string} prefix */
export function removeAll(prefix) {
  for (const line of run(['ip', 'netns', 'list'], { mayFail: true }).split('\n')) {
    const name = line.split(' ')[0];
    if (name.startsWith(`${prefix}-`)) run(['ip', 'netns', 'del', name], { mayFail: true });
  }
}
