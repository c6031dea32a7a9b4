/** Ways out by the kernel itself: its settings, its helpers that run as root, its memory, its rarer system calls. */
import { type EscapeAttempt, refusedSyscall, refusedWrite } from './attempt.ts';

/** struct timex that asks for a tick of 1 (modes ADJ_TICK): out of range, which is said only to one who may set it. */
const BAD_TICK = 'pack("L x4 x80 q x112", 0x4000, 1)';

/** See EscapeAttempt. */
export const kernelAttempts: readonly EscapeAttempt[] = [
  {
    name: 'core_pattern',
    reason: 'a pipe in core_pattern runs a program of the learner’s as the host’s root',
    script: () => refusedWrite('/proc/sys/kernel/core_pattern'),
  },
  {
    name: 'helpers that the kernel starts',
    reason: 'modprobe, hotplug and poweroff helpers run as the host’s root',
    script: () =>
      refusedWrite(
        '/proc/sys/kernel/modprobe',
        '/proc/sys/kernel/hotplug',
        '/proc/sys/kernel/poweroff_cmd',
        '/sys/kernel/uevent_helper',
      ),
  },
  {
    name: 'release_agent of a cgroup hierarchy',
    reason: 'CVE-2022-0492: the release agent runs as the host’s root',
    script:
      () => `mkdir -p /tmp/cg; for c in memory rdma pids misc cpu freezer; do mount -t cgroup -o $c cgroup /tmp/cg 2>/dev/null || continue
        [ -e /tmp/cg/release_agent ] && v=$(cat /tmp/cg/release_agent) && (printf '%s\\n' "$v" > /tmp/cg/release_agent) 2>/dev/null && echo ESCAPED $c; umount /tmp/cg; done
        for f in $(find /sys/fs/cgroup -name release_agent 2>/dev/null); do v=$(cat $f) && (printf '%s\\n' "$v" > $f) 2>/dev/null && echo ESCAPED $f; done; true`,
  },
  {
    name: 'kernel settings of the whole host',
    reason: 'what has no namespace is everybody’s',
    script: () =>
      refusedWrite(
        '/proc/sys/vm/overcommit_memory',
        '/proc/sys/kernel/panic',
        '/proc/sys/fs/file-max',
        '/proc/sys/kernel/randomize_va_space',
        '/sys/block/*/queue/read_ahead_kb',
      ),
  },
  {
    name: 'sysrq',
    reason: 'sysrq reboots the host',
    // Only opened, never written.
    script: () =>
      'umount /proc/sysrq-trigger 2>/dev/null; [ -e /proc/sysrq-trigger ] || echo ABSENT sysrq; [ -e /proc/sysrq-trigger ] && (: >> /proc/sysrq-trigger) 2>/dev/null && echo ESCAPED; true',
  },
  {
    name: 'kernel memory',
    reason: 'it holds everybody’s secrets; what pages are used for tells of them',
    script: () =>
      'umount /proc/kcore 2>/dev/null; mknod /root/mem c 1 1 2>/dev/null; for f in /proc/kcore /dev/kmem /dev/mem /root/mem /proc/kpageflags /proc/vmallocinfo; do [ "$(head -c 4 $f 2>/dev/null | wc -c)" = 4 ] && echo ESCAPED $f; done; rm -f /root/mem; true',
  },
  {
    name: 'kexec',
    reason: 'a new kernel would be the learner’s',
    // Flags that do not exist: refused after the right has been asked for.
    script: () => refusedSyscall(246, '0, 0, 0, 0xff00'),
  },
  {
    name: 'init_module',
    reason: 'a module is the kernel; this broke Play with Docker in 2019',
    script: () => refusedSyscall(175, '0, 0, ""'),
  },
  { name: 'finit_module', reason: 'the same by file descriptor', script: () => refusedSyscall(313, '-1, "", 0') },
  {
    name: 'delete_module',
    reason: 'unloading breaks the host',
    script: () => refusedSyscall(176, '"drydock_none", 0'),
  },
  {
    name: 'bpf',
    reason: 'program verification has been a way to kernel memory',
    script: () => refusedSyscall(321, '0, 0, 0'),
  },
  {
    name: 'perf_event_open',
    reason: 'watches other nodes, and has had its bugs',
    script: () => refusedSyscall(298, '0, 0, -1, -1, 0'),
  },
  {
    name: 'userfaultfd',
    reason: 'stops the kernel at a chosen place; the usual helper of exploits',
    script: () => refusedSyscall(323, '0'),
  },
  {
    name: 'io_uring',
    reason: 'the richest source of kernel bugs of late years',
    script: () => refusedSyscall(425, '1, 0'),
  },
  {
    name: 'keyrings of the host',
    reason: 'they are shared by all that have one uid, and have had their bugs',
    script: () => refusedSyscall(250, '0, -3, 0'),
  },
  {
    name: 'AF_VSOCK',
    reason: 'it knows no namespaces and reaches the hypervisor',
    script: () => refusedSyscall(41, '40, 1, 0'),
  },
  {
    name: 'MPTCP',
    reason: 'a protocol that no node needs is code that every node can attack; so it is with those below',
    script: () => refusedSyscall(41, '2, 1, 262', 'EPROTONOSUPPORT ENOSYS'),
  },
  {
    name: 'UDP-Lite',
    reason: 'as MPTCP',
    script: () => refusedSyscall(41, '2, 2, 136', 'EPROTONOSUPPORT ENOSYS'),
  },
  ...[
    { name: 'SCTP', type: 5, protocol: 132 },
    { name: 'L2TP', type: 2, protocol: 115 },
    { name: 'SMC', type: 1, protocol: 256 },
    { name: 'DCCP', type: 6, protocol: 33 },
  ].map(
    ({ name, type, protocol }): EscapeAttempt => ({
      name,
      reason: 'as MPTCP, and most distributions load its module for whoever asks',
      // A kernel without it answers as the filter does, or that it knows no such type.
      script: () => `${refusedSyscall(41, `10, ${type}, ${protocol}`, 'EPROTONOSUPPORT ESOCKTNOSUPPORT ENOSYS')}
        grep -qi '^${name}v6 ' /proc/net/protocols || echo ABSENT ${name}`,
    }),
  ),
  {
    name: 'options of file systems that nobody here may mount',
    reason: 'CVE-2022-0185: their parsers run before the right to mount is asked for',
    script: () => refusedSyscall(430, '"ext4", 0'),
  },
  {
    name: 'setting the clock',
    reason: 'time is the host’s',
    // With neither a time nor a zone the kernel asks for the right and changes nothing.
    script: () => refusedSyscall(164, '0, 0'),
  },
  { name: 'bending the clock', reason: 'a tick is time too', script: () => refusedSyscall(159, BAD_TICK) },
  {
    name: 'raw I/O ports',
    reason: 'they talk to the hardware past the kernel',
    script: () => refusedSyscall(172, '3'),
  },
  {
    name: 'reboot',
    reason: 'it would be the host that goes down',
    // Without its magic numbers it is refused after the right has been asked for.
    script: () => refusedSyscall(169, '0, 0, 0, 0'),
  },
  {
    name: 'process accounting',
    reason: 'it writes a file of the host for every process',
    script: () => refusedSyscall(163, '"/nonexistent/file"'),
  },
  {
    name: 'the kernel log',
    reason: 'it tells of other nodes and of addresses',
    script: () =>
      'dmesg 2>/dev/null | head -1 | grep -q . && echo ESCAPED; mknod /root/kmsg c 1 11 2>/dev/null && (: < /root/kmsg) 2>/dev/null && echo ESCAPED; rm -f /root/kmsg; true',
  },
];
