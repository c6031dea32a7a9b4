/** The host's one static table: sessions reach neither the host nor one another, and what leaves is masqueraded. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { loadRules, startTool } from '../system/run-tool.ts';
import { TRANSIT_RANGE } from './addresses.ts';
import { PRIVATE_RANGES } from './egress.ts';
import type { EgressLists } from './egress-lists.ts';
import { outermost } from './ip-networks.ts';

/** What the host refuses for all sessions, on top of their own rules. */
export interface HostPolicy {
  lists: EgressLists;
  /** Networks that the host stands in (host-networks.ts). */
  neighbours: readonly string[];
}

/**
 * Loading it again replaces it in one transaction, so agents of one host may all do so. Runs before the usual tables. What any agent
 * of the host allows stays in its set: a session's own rules say whether it is allowed to that session.
 */
const hostTable = ({ lists, neighbours }: HostPolicy) => `
table inet drydock
flush table inet drydock
table inet drydock {
  set private {
    type ipv4_addr
    flags interval
    elements = { ${PRIVATE_RANGES.join(', ')} }
  }
  set neighbours {
    type ipv4_addr
    flags interval
  }
  set denied {
    type ipv4_addr
    flags interval
  }
  set allowed {
    type ipv4_addr
    flags interval
    auto-merge
  }
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "dd-*" counter drop
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname "dd-*" meta nfproto ipv6 drop
    iifname "dd-*" oifname "dd-*" counter drop
    oifname "dd-*" ct state established,related accept
    oifname "dd-*" counter drop
    iifname "dd-*" ip saddr != ${TRANSIT_RANGE} counter drop
    iifname "dd-*" ip daddr @denied counter drop
    iifname "dd-*" ip daddr != @allowed jump closed
    iifname "dd-*" tcp flags syn tcp option maxseg size set rt mtu
  }
  chain closed {
    ip daddr @private counter drop
    ip daddr @neighbours counter drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat - 10; policy accept;
    ip saddr ${TRANSIT_RANGE} oifname != "dd-*" masquerade
  }
}
flush set inet drydock neighbours
flush set inet drydock denied
${addElements('neighbours', neighbours)}
${addElements('denied', lists.denied.networks)}
${addElements('allowed', lists.allowed.networks)}
`;

function addElements(set: string, networks: readonly string[]): string {
  return networks.length === 0 ? '' : `add element inet drydock ${set} { ${outermost(networks).join(', ')} }`;
}

/** Both directions of the accept that Docker's own FORWARD policy (DROP) makes necessary. */
const DOCKER_USER_RULES = [
  ['-i', 'dd-+', '-j', 'ACCEPT'],
  ['-o', 'dd-+', '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT'],
];

/**
 * Makes the host route for sessions. Idempotent. Leaves every foreign table alone but Docker's own place for additions.
 * `netns` is another namespace than the agent's own to play the host.
 */
export async function installHostRules(policy: HostPolicy, netns?: string): Promise<void> {
  if (netns === undefined) await enableForwarding();
  await loadRules(hostTable(policy), netns);
  await dockerUser('-I', false, netns);
}

/** Where npm start or /etc/sysctl.d have done it (infra/host), nothing is left to do, and who did it puts it back. */
async function enableForwarding(): Promise<void> {
  const file = '/proc/sys/net/ipv4/ip_forward';
  if ((await readFile(file, 'utf8')).trim() !== '1') await writeFile(file, '1');
}

/** Takes the host's table away; for when no session of any agent is left. */
export async function removeHostRules(netns?: string): Promise<void> {
  await run(['nft', 'delete', 'table', 'inet', 'drydock'], netns).catch(() => undefined);
  await dockerUser('-D', true, netns);
}

async function dockerUser(action: '-I' | '-D', whenPresent: boolean, netns: string | undefined): Promise<void> {
  if (!existsSync('/usr/sbin/iptables')) return;
  const chain = await run(['iptables', '-w', '-S', 'DOCKER-USER'], netns).catch(() => undefined);
  if (chain === undefined) return; // No Docker on this host.
  for (const rule of DOCKER_USER_RULES) {
    const present = await run(['iptables', '-w', '-C', 'DOCKER-USER', ...rule], netns).then(
      () => true,
      () => false,
    );
    if (present === whenPresent) await run(['iptables', '-w', action, 'DOCKER-USER', ...rule], netns);
  }
}

function run(command: readonly string[], netns: string | undefined): Promise<string> {
  return startTool(command, netns).finish('');
}
