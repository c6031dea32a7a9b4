/** Ways out by what else is on the host: its processes, namespaces, sockets and user ids, and the node's own limits. */
import { type EscapeAttempt, type HostFacts, refusedSyscall } from './attempt.ts';

/** Sets `found` to the pid of the suite's own process on the host, if it can be seen. */
const find = ({ victim }: HostFacts) =>
  `found=; for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline 2>/dev/null | grep -q "^sleep ${victim} " && found=\${p#/proc/}; done`;

/** On a host that is itself confined, its root may lack CAP_SYS_RESOURCE (bit 24): then nothing can be weakened. */
const OWN_RIGHT =
  '(( 0x$(sed -n "s/^CapEff:\\t//p" /proc/self/status) >> 24 & 1 )) || echo ABSENT this host’s root has no CAP_SYS_RESOURCE itself';

/** Of what the kernel counts by user (apps/node-agent/src/runtime/runc/node-bounds.ts). */
const NODE_SHARE = 1024;

/** See EscapeAttempt. */
export const neighbourAttempts: readonly EscapeAttempt[] = [
  {
    name: 'processes of the host',
    reason: 'a process that can be seen can be signalled, traced or entered',
    script: (host) => `${find(host)}; [ $found ] && echo ESCAPED $found; true`,
  },
  {
    name: 'ptrace out of the node',
    reason: 'whoever traces a process of the host is the host',
    // Seized, which does not stop it, and let go at once by perl's end.
    script: (host) =>
      `${find(host)}; [ $found ] && perl -e 'print "ESCAPED\\n" if syscall(101, 0x4206, $ARGV[0], 0, 0) == 0' $found; [ $found ] && kill -0 $found && echo ESCAPED; true`,
  },
  {
    name: 'the host’s root by /proc',
    reason: '/proc/1/root of a host process is the host’s whole file system',
    script: ({ directory }) =>
      `for p in /proc/[0-9]*; do for d in root cwd; do [ -e $p/$d${directory} ] && echo ESCAPED $p; done; done; [ -e ${directory} ] && echo ESCAPED; true`,
  },
  {
    name: 'namespaces of the host',
    reason: 'hostname, network, mounts and processes are whoever’s namespace it is',
    script: ({ namespaces }) =>
      `for l in /proc/self/ns/* /proc/[0-9]*/ns/*; do case " ${namespaces.join(' ')} " in *" $(readlink $l 2>/dev/null) "*) echo ESCAPED $l;; esac; done; true`,
  },
  {
    name: 'the hostname of the host',
    reason: 'whoever names the host confuses its operator, its logs and its certificates',
    // Set to what it is: no harm where it can be.
    script: ({ hostname }) => `[ "$(uname -n)" = '${hostname}' ] && hostname '${hostname}' && echo ESCAPED; true`,
  },
  {
    name: 'setns into a namespace of the host',
    reason: 'one descriptor of one is enough',
    script: ({ namespaces }) =>
      `for p in /proc/[0-9]*; do case " ${namespaces.join(' ')} " in *" $(readlink $p/ns/net 2>/dev/null) "*) nsenter --net=$p/ns/net true 2>/dev/null && echo ESCAPED $p && break;; esac; done; true`,
  },
  {
    name: 'UNIX sockets of the host by abstract name',
    reason: 'abstract names need no file: containerd-shim was reached so (CVE-2020-15257)',
    script: ({ abstractSocket }) =>
      `grep -q @${abstractSocket} /proc/net/unix && echo ESCAPED seen; perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); print "ESCAPED\\n" if connect(S, pack_sockaddr_un("\\0${abstractSocket}"))'; true`,
  },
  {
    name: 'ports of the host, the agent and the manager',
    reason: 'their ports are for the host’s own processes',
    script: ({ addresses, ports }) =>
      `gateway=$(ip -4 route show default | cut -d" " -f3); for a in 127.0.0.1 $gateway ${addresses.join(' ')}; do for p in ${ports.join(' ')}; do timeout 1 bash -c "exec 3<>/dev/tcp/$a/$p" 2>/dev/null && echo ESCAPED $a $p; done; done; true`,
  },
  {
    name: 'user ids of the host',
    reason: 'an id that is the same outside owns the same files outside',
    script:
      () => `while read inside outside count; do [ $outside -lt 65536 ] && echo ESCAPED $inside $outside; done < /proc/self/uid_map
        f=$(mktemp); chown 3000000000 $f 2>/dev/null && echo ESCAPED an id beyond the range; rm -f $f; true`,
  },
  {
    name: 'raising the node’s own limits',
    reason: 'limits that their subject can lift are none',
    // A container may raise those of its own group: what counts is the top of what the node sees.
    script: () =>
      `top=/sys/fs/cgroup; [ -d /node$top ] && top=/node$top; for f in $top/memory.max $top/pids.max $top/cpu.max $(ls -d $top/*/memory.limit_in_bytes $top/*/pids.max $top/*/cpu.cfs_quota_us 2>/dev/null); do
        v=$(cat $f 2>/dev/null) || continue; (echo $v > $f) 2>/dev/null && echo ESCAPED $f; done; true`,
  },
  {
    name: 'more inotify instances than a node’s share',
    reason: 'all nodes and the host’s root used to share 128 of them: one node stopped the watchers of everybody',
    script: () =>
      `perl -e 'for (1..1100) { syscall(294, 0) >= 0 or last; $n = $_ } print $n > ${NODE_SHARE} ? "ESCAPED $n\n" : "$n\n"'`,
  },
  {
    name: 'more namespaces than a node’s share',
    reason: 'the host’s root can make no node when its own account of namespaces is used up',
    // Own settings first: what the node may write there is below its bound.
    script: () =>
      `for f in /proc/sys/user/max_uts_namespaces; do [ $(cat /proc/self/uid_map | awk '{print $2}') = 0 ] || echo 1000000 > $f; done
      perl -e 'for (1..1100) { my $h; syscall(272, 0x04000000) == 0 && open($h, "<", "/proc/self/ns/uts") or last; push @h, $h; $n = $_ } print $n > ${NODE_SHARE} ? "ESCAPED $n\n" : "$n\n"'`,
  },
  {
    name: 'raising resource limits',
    reason: 'core and locked memory are bounded for the host’s sake',
    // What counts is the limit afterwards: the call may only seem to succeed.
    script: () =>
      `(ulimit -Hc unlimited; grep -q 'core file size .* unlimited' /proc/self/limits) 2>/dev/null && echo ESCAPED core; (ulimit -Hl unlimited) 2>/dev/null && echo ESCAPED memlock; ${OWN_RIGHT}`,
  },
  {
    name: 'lowering the core limit',
    reason: 'at 1 the host’s core_pattern runs no program for a process of a node; at 0 it runs as the host’s root',
    // Both calls, in ways that the kernel takes for the same, each in a process of its own.
    script: () =>
      `[ "$(awk '/core file size/ { print $5 }' /proc/self/limits)" = 1 ] || echo ESCAPED it is not 1 to begin with
        for call in '160, 4, $none' '160, 0x100000004, $none' '302, 0, 4, $none, 0' '302, 0, 4, $none, $old' '302, 0, 0x100000004, $none, 0'; do
          perl -e '$none = pack("QQ", 0, 0); $old = $none; syscall('"$call"'); open(L, "/proc/self/limits");
            /^Max core file size +(\\d+)/ && $1 != 1 && print "ESCAPED $1\n" for <L>'; done; true`,
  },
  {
    name: 'what the runtime left open',
    reason: 'its pipes are sockets of the host: one lists the host’s interfaces and takes abstract names there',
    // The node's first process is the first that lives in the same mounts; a privileged container sees it as 1.
    script: () =>
      `first=/proc/1; [ -d /node ] || for p in /proc/[0-9]*; do [ "$(readlink $p/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ] && first=$p && break; done
        for fd in 0 1 2; do [ "$(readlink $first/fd/$fd)" = /dev/null ] || echo ESCAPED $fd $(readlink $first/fd/$fd); done
        for s in $(readlink $first/fd/* | sed -n 's/^socket:.\\([0-9]*\\).$/\\1/p'); do grep -q " $s " /proc/net/unix || echo ESCAPED a socket of another network; done; true`,
  },
  {
    name: 'exemption from the OOM killer',
    reason: 'the host would kill others instead',
    // -900 is what the host's services have.
    script: () =>
      `for s in -1000 -900; do (echo $s > /proc/self/oom_score_adj) 2>/dev/null && echo ESCAPED $s; done; ${OWN_RIGHT}`,
  },
  {
    name: 'real-time priority',
    reason: 'a real-time process leaves nobody else a turn',
    // Where groups have shares of real time, none comes with a new group.
    script: () =>
      `for f in $(ls -d /sys/fs/cgroup/*/cpu.rt_runtime_us 2>/dev/null); do (echo 10000 > $f) 2>/dev/null; done; ${refusedSyscall(144, '0, 1, pack("i", 1)')}`,
  },
];
