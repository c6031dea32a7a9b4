/** Each kind of memory that a node's root can make the kernel hold, as a perl script (with Socket and IPC::SysV), and who pays for it. */
import type { KernelHoldings } from '../../runtime/runtime.ts';
import { fullPairs, fullQueue, fullTerminals } from './kernel-memory-tricks.ts';

export type Payer =
  /** The node's memory group, for all of it; `leastMib` or its end by the limit show that something was taken. */
  | { by: 'group'; leastMib: number }
  /** Nobody, and the kernel lets a node, or the machine, have no more than that. */
  | { by: 'bound'; mostMib: number }
  /** The session's allowance, which the host's watch counts. */
  | { by: 'watch'; kind: keyof KernelHoldings; least: number };

export interface KernelMemoryKind {
  name: string;
  payer: Payer;
  script: string;
}

/** Numbers of system calls on x86-64 and on arm64 (asm/unistd.h). */
const CALLS = {
  read: [0, 63],
  mmap: [9, 222],
  timer_create: [222, 107],
  epoll_ctl: [233, 21],
  mq_open: [240, 180],
  mq_timedsend: [242, 182],
  inotify_add_watch: [254, 27],
  epoll_create1: [291, 20],
  inotify_init1: [294, 26],
  memfd_create: [319, 279],
} as const;
const call = (name: keyof typeof CALLS) => CALLS[name][process.arch === 'arm64' ? 1 : 0];

const MIB = 1024 ** 2;
const group = (leastMib: number): Payer => ({ by: 'group', leastMib });
const watch = (kind: keyof KernelHoldings, least: number): Payer => ({ by: 'watch', kind, least });
const bound = (mostMib: number): Payer => ({ by: 'bound', mostMib });
/** Without its own last words and wait, which belong to whoever runs it. */
const part = (script: string) => script.replace(/print "filled\n"; sleep 60$/, '');

export const KERNEL_MEMORY_KINDS: readonly KernelMemoryKind[] = [
  {
    name: 'pipes',
    payer: group(30),
    script: `for (1 .. 2000) { pipe(my $r, my $w) or last; fcntl($w, 1031, 1 << 20); fcntl($w, 4, 2048); 1 while defined syswrite($w, "x" x 65536); push @k, $r, $w }`,
  },
  {
    name: 'unix stream sockets',
    payer: group(100),
    script: `for (1 .. 3000) { socketpair(my $a, my $b, 1, 1, 0) or last; fcntl($a, 4, 2048); 1 while defined syswrite($a, "x" x 65536); push @k, $a, $b }`,
  },
  {
    name: 'unix datagram sockets',
    payer: group(100),
    script: `for (1 .. 3000) { socketpair(my $a, my $b, 1, 2, 0) or last; fcntl($a, 4, 2048); 1 while defined send($a, "x" x 60000, 0); push @k, $a, $b }`,
  },
  {
    name: 'memfd',
    payer: group(150),
    script: `my $name = "x"; for (1 .. 10) { my $fd = syscall(${call('memfd_create')}, $name, 0); open(my $f, ">&=", $fd) or die $!; syswrite($f, "x" x 65536) for 1 .. 320; push @k, $f }`,
  },
  {
    name: 'tmpfs',
    payer: group(150),
    script: `system("mkdir -p /tmp/t; mount -t tmpfs none /tmp/t; dd if=/dev/zero of=/tmp/t/f bs=1M count=200 2>/dev/null"); END { system("umount -l /tmp/t") }`,
  },
  {
    name: 'inodes of tmpfs',
    payer: group(50),
    script: `system("mkdir -p /tmp/t; mount -t tmpfs -o nr_inodes=0 none /tmp/t"); mkdir "/tmp/t/$_" for 1 .. 100000; END { system("umount -l /tmp/t") }`,
  },
  {
    name: 'shared memory of System V',
    payer: group(150),
    script: `my $id = shmget(0, 200 << 20, 01600); shmwrite($id, "x" x (1 << 20), $_ << 20, 1 << 20) for 0 .. 199; END { shmctl($id, 0, 0) }`,
  },
  {
    name: 'message queues of System V',
    payer: group(50),
    script: `for (1 .. 10000) { my $q = msgget(0, 01600); last unless defined $q; push @q, $q; 1 while msgsnd($q, pack("l! a*", 1, "x" x 8000), 04000) } END { msgctl($_, 0, 0) for @q }`,
  },
  {
    name: 'semaphores of System V',
    payer: group(100),
    script: `for (1 .. 80) { my $s = semget(0, 32000, 01600); last unless defined $s; push @s, $s } END { semctl($_, 0, 0, 0) for @s }`,
  },
  {
    name: 'POSIX message queues',
    payer: bound(0),
    script: `system("mkdir -p /tmp/q; mount -t mqueue none /tmp/q"); my ($attr, $text) = (pack("l!8", 0, 10, 8192), "x" x 8192);
      for (1 .. 5000) { my $name = "q$_"; my $fd = syscall(${call('mq_open')}, $name, 04102, 0600, $attr); last if $fd < 0; 1 while syscall(${call('mq_timedsend')}, $fd, $text, 8192, 0, 0) == 0 }
      END { system("rm -f /tmp/q/*; umount -l /tmp/q") }`,
  },
  {
    name: 'inotify',
    payer: group(10),
    script: `mkdir "/tmp/i"; OUT: for (1 .. 100) { my $fd = syscall(${call('inotify_init1')}, 0); last if $fd < 0; for my $n (1 .. 3000) { my $path = "/tmp/i/$n"; mkdir $path;
      last OUT if syscall(${call('inotify_add_watch')}, $fd, $path, 0xfff) < 0 } } END { system("rm -rf /tmp/i") }`,
  },
  {
    name: 'epoll',
    payer: group(5),
    script: `pipe(R, W); my $event = pack("LQ", 1, 1); for (1 .. 15000) { my $fd = syscall(${call('epoll_create1')}, 0); last if $fd < 0; syscall(${call('epoll_ctl')}, $fd, 1, fileno(R), $event) }`,
  },
  {
    name: 'POSIX timers',
    payer: group(10),
    script: `for (1 .. 50000) { my $t = pack("l", 0); last if syscall(${call('timer_create')}, 1, 0, $t) != 0 }`,
  },
  {
    name: 'page tables',
    payer: group(100),
    script: `my $a = syscall(${call('mmap')}, 0, 1 << 40, 3, 0x4022, -1, 0); pipe(R, W); for (1 .. 40000) { syswrite(W, "x"); last if syscall(${call('read')}, fileno(R), $a + ($_ << 21), 1) < 1 }`,
  },
  {
    // The programs are the group's; the machine code that is made of them is the machine's (net.core.bpf_jit_limit).
    name: 'filters of sockets (BPF of the old kind)',
    payer: bound(504),
    script: `my $f = (pack("SCCI", 0x20, 0, 0, 0) x 400) . pack("SCCI", 6, 0, 0, 0xffff); my $p = pack("S x6 P", 401, $f); for (1 .. 10000) { socket(my $s, 2, 2, 0) or last; setsockopt($s, 1, 26, $p) or last; push @k, $s }`,
  },
  {
    name: 'routes',
    payer: group(5),
    script: `system("ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up; ip addr add 10.8.0.1/24 dev d0"); open(N, "|-", "ip -batch - >/dev/null 2>&1");
      printf N "route add 20.%d.%d.%d/32 via 10.8.0.2 dev d0\\n", $_ >> 16, ($_ >> 8) & 255, $_ & 255 for 1 .. 60000; close N; END { system("ip link del d0") }`,
  },
  {
    name: 'sets of nftables',
    payer: group(10),
    script: `open(N, "|-", "nft -f -"); print N "add table ip many\\nadd set ip many s { type ipv4_addr; }\\n"; for my $b (0 .. 59) { print N "add element ip many s { ",
      join(",", map { my $n = $b * 2000 + $_; sprintf("10.%d.%d.%d", $n >> 16, ($n >> 8) & 255, $n & 255) } 0 .. 1999), " }\\n" } close N; END { system("nft delete table ip many") }`,
  },
  {
    name: 'rings of packet sockets',
    payer: watch('socketBytes', 200 * MIB),
    script: `socket(S, 17, 3, 0) && setsockopt(S, 263, 5, pack("IIII", 1 << 20, 200, 2048, 200 * 512)) or die $!`,
  },
  {
    name: 'netlink',
    payer: watch('socketBytes', 8 * MIB),
    script: `for (1 .. 100) { my $s; socket($s, 16, 3, 0) && bind($s, pack("SSII", 16, 0, 0, 1)) or die $!; push @k, $s } system("for i in \\$(seq 200); do ip link set lo mtu \\$((60000 + i)); done; ip link set lo mtu 65536")`,
  },
  {
    name: 'packets before a link',
    payer: watch('socketBytes', 50 * MIB),
    script: `${part(fullQueue(40_000))} END { system("ip link del v0") }`,
  },
  {
    name: 'fragments',
    payer: watch('socketBytes', 50 * MIB),
    script: `system("sysctl -qw net.ipv4.ipfrag_high_thresh=2000000000 net.ipv4.ipfrag_time=600 net.ipv4.ipfrag_max_dist=0"); socket(S, 2, 3, 255) or die $!; setsockopt(S, 0, 3, pack("I", 1));
      for (1 .. 5000) { send(S, pack("CCnnnCCna4a4", 0x45, 0, 16020, $_, 0x2000, 64, 17, 0, inet_aton("127.0.0.1"), inet_aton("127.0.0.1")) . "x" x 16000, 0, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die $! }`,
  },
  {
    name: 'UDP',
    payer: watch('transportBytes', 20 * MIB),
    script: `for my $port (7000 .. 7400) { socket(my $r, 2, 2, 0); bind($r, pack_sockaddr_in($port, INADDR_LOOPBACK)); push @k, $r; socket(my $s, 2, 2, 0); send($s, "x" x 60000, 0, pack_sockaddr_in($port, INADDR_LOOPBACK)) for 1 .. 4 }`,
  },
  { name: 'TCP', payer: watch('transportBytes', 20 * MIB), script: part(fullPairs(30)) },
  {
    name: 'tracked connections',
    payer: watch('connections', 50_000),
    script: `system("nft add table ip track; nft \\"add chain ip track o { type filter hook output priority 0; }\\"; nft add rule ip track o ct state new accept"); socket(S, 2, 2, 0);
      send(S, "x", 0, pack_sockaddr_in($_, INADDR_LOOPBACK)) for 1 .. 60000; END { system("nft delete table ip track") }`,
  },
  { name: 'terminals', payer: watch('terminals', 400), script: part(fullTerminals(500)) },
];

/** System calls, with arguments, that a node does not have. Each prints a number below 0. */
export const REFUSED = {
  io_uring_setup: [425, 425],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  memfd_secret: [447, 447],
  add_key: [248, 217],
} as const;
