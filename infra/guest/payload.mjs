/** What a run brings into the guest: this clone's agent as it is built, the programs it needs, and what is to be done with them. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { REPO } from '../common/paths.mjs';

/** Modules that a node's root, which may load none, finds loaded on a host that has run a while. */
const MODULES =
  'overlay loop fuse veth bridge br_netfilter nf_tables nft_compat nft_chain_nat nft_masq nft_nat nft_ct nft_limit nft_fib_inet xt_conntrack xt_addrtype xt_MASQUERADE xt_comment xt_mark ip_tables iptable_nat iptable_filter vxlan ip_vs sch_tbf ifb act_mirred cls_u32 sch_ingress';

/** Ends the guest whatever became of the program. */
const INIT = `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t securityfs none /sys/kernel/security
for m in ${MODULES}; do modprobe -q $m; done
ip link set lo up
mkdir -p /run/drydock /images/node/current/rootfs /dev/shm
mount -o ro /dev/vdb /images/node/current/rootfs
sh /payload/drydock/infra/supervisor/lxcfs.sh /run/drydock/lxcfs &
echo "GUEST-KERNEL $(uname -r)"
/payload/node /payload/drydock/apps/node-agent/dist/testing/nodes/cgroup2-guest-main.js /images 2>&1
echo "GUEST-ENDED $?"
echo o >/proc/sysrq-trigger
sleep 60
`;

/** Packages of ours, and all that the agent's nodes need of npm: terminals stay at home. */
const AGENT = 'apps/node-agent';
const OURS = ['packages/protocol', 'packages/service-kit', AGENT];
const NOT_NEEDED = new Set(['node-pty', 'socket.io-client', '@xterm/headless']);

/** Fills an empty directory. @param {string} directory */
export function fillPayload(directory) {
  writeFileSync(join(directory, 'init'), INIT);
  copyFileSync(realpathSync(process.execPath), join(directory, 'node'));
  chmodSync(join(directory, 'node'), 0o755);
  const clone = join(directory, 'drydock');
  for (const path of OURS) {
    for (const part of path === AGENT ? ['package.json'] : ['package.json', 'dist']) {
      cpSync(join(REPO, path, part), join(clone, path, part), { recursive: true });
    }
    linkPackage(clone, path);
  }
  // The guest's program is a test's: the agent's own dist does not have it.
  const tsc = join(REPO, 'node_modules/typescript/bin/tsc');
  const project = join(REPO, AGENT, 'tsconfig.guest.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', join(clone, AGENT, 'dist')], { stdio: 'inherit' });
  cpSync(join(REPO, 'native/build'), join(clone, 'native/build'), {
    recursive: true,
    filter: (path) => !/native\/build\/(objects|sanitize)/.test(path),
  });
  mkdirSync(join(clone, 'infra/supervisor'), { recursive: true });
  copyFileSync(join(REPO, 'infra/supervisor/lxcfs.sh'), join(clone, 'infra/supervisor/lxcfs.sh'));
  const wanted = OURS.flatMap((path) => dependenciesOf(join(REPO, path)));
  for (const name of closure(wanted)) {
    cpSync(join(REPO, 'node_modules', name), join(clone, 'node_modules', name), { recursive: true });
  }
}

/** @param {string} clone @param {string} path */
function linkPackage(clone, path) {
  const { name } = JSON.parse(readFileSync(join(REPO, path, 'package.json'), 'utf8'));
  const link = join(clone, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('../..', path), link);
}

/** @param {string} directory @returns {string[]} */
function dependenciesOf(directory) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return Object.keys(dependencies).filter((name) => !name.startsWith('@drydock/') && !NOT_NEEDED.has(name));
}

/** @param {string[]} names @returns {Set<string>} with all that they depend on */
function closure(names) {
  const found = new Set(names);
  for (const name of found) for (const next of dependenciesOf(join(REPO, 'node_modules', name))) found.add(next);
  return found;
}
