/**
 * Ways out of a container that have worked somewhere, as scripts for the node's root. A script prints ESCAPED when it got what it must
 * not get. Each entry says why it would matter.
 */

export interface EscapeAttempt {
  name: string;
  reason: string;
  script: string;
}

/** A raw system call by perl (always in the node); prints ESCAPED unless the kernel refused it for want of privilege or by the filter. */
function refusedSyscall(number: number, args: string, allowedErrnos = 'EPERM ENOSYS EACCES EAFNOSUPPORT'): string {
  return `perl -MErrno -e '$r = syscall(${number}, ${args}); $e = $!; ($name) = grep { $!{$_} } qw(${allowedErrnos}); print $r >= 0 || !$name ? "ESCAPED rc=$r errno=$e\\n" : "refused: $e\\n"'`;
}

/** Writes to a kernel setting; ESCAPED if it took the value. */
function refusedWrite(path: string, value: string): string {
  return `if [ -e ${path} ] && (echo '${value}' > ${path}) 2>/dev/null; then echo ESCAPED; fi; mount -o remount,rw /proc/sys 2>/dev/null; (echo '${value}' > ${path}) 2>/dev/null && echo ESCAPED; true`;
}

/** The attempts; `major` and `minor` are those of the disk that holds the host's root. */
export function escapeAttempts(host: { major: number; minor: number }): EscapeAttempt[] {
  return [
    {
      name: 'mount of the host disk by its device number',
      reason: 'CVE-free classic: mknod in a container with CAP_MKNOD, then mount',
      script: `mknod /tmp/disk b ${host.major} ${host.minor} && head -c 1 /tmp/disk >/dev/null 2>&1 && echo ESCAPED; mount -t ext4 /tmp/disk /mnt 2>/dev/null && echo ESCAPED; rm -f /tmp/disk; true`,
    },
    {
      name: 'host disk under any name in /dev',
      reason: 'a device node left in /dev is as good as one made',
      script:
        'for d in /dev/vd* /dev/sd* /dev/nvme* /dev/dm-* /dev/mem /dev/kmem /dev/port; do [ -e "$d" ] && head -c 1 "$d" >/dev/null 2>&1 && echo ESCAPED $d; done; true',
    },
    {
      name: 'loop devices',
      reason: 'loop devices are not namespaced: one could attach to another node’s',
      script:
        'for n in 0 1 2 3; do mknod /tmp/l$n b 7 $n 2>/dev/null && head -c 1 /tmp/l$n >/dev/null 2>&1 && echo ESCAPED; rm -f /tmp/l$n; done; mknod /tmp/lc c 10 237 2>/dev/null; truncate -s 1M /tmp/i; losetup -f /tmp/i 2>/dev/null && echo ESCAPED; rm -f /tmp/lc /tmp/i; true',
    },
    {
      name: 'core_pattern',
      reason: 'a pipe in core_pattern runs a program of the learner’s as the host’s root',
      script: refusedWrite('/proc/sys/kernel/core_pattern', '|/tmp/x'),
    },
    {
      name: 'modprobe and hotplug helpers',
      reason: 'usermode helpers run as the host’s root',
      script: `${refusedWrite('/proc/sys/kernel/modprobe', '/tmp/x')}; ${refusedWrite('/proc/sys/kernel/hotplug', '/tmp/x')}; ${refusedWrite('/sys/kernel/uevent_helper', '/tmp/x')}`,
    },
    {
      name: 'release_agent of a cgroup hierarchy',
      reason: 'CVE-2022-0492: the release agent runs as the host’s root',
      script:
        'mkdir -p /tmp/cg; for c in memory rdma pids misc; do mount -t cgroup -o $c cgroup /tmp/cg 2>/dev/null && { (echo /tmp/x > /tmp/cg/release_agent) 2>/dev/null && echo ESCAPED; umount /tmp/cg; }; done; for f in $(find /sys/fs/cgroup -name release_agent 2>/dev/null); do (echo /tmp/x > $f) 2>/dev/null && echo ESCAPED; done; true',
    },
    { name: 'sysrq', reason: 'sysrq reboots the host', script: refusedWrite('/proc/sysrq-trigger', 'h') },
    {
      name: 'kernel memory',
      reason: 'kcore and kmem hold everybody’s secrets',
      script:
        'for f in /proc/kcore /dev/kmem /dev/mem; do [ "$(head -c 4 $f 2>/dev/null | wc -c)" = 4 ] && echo ESCAPED $f; done; true',
    },
    { name: 'kexec', reason: 'a new kernel would be the learner’s', script: refusedSyscall(246, '0, 0, 0, 0') },
    {
      name: 'init_module',
      reason: 'a module is the kernel; this broke Play with Docker in 2019',
      script: refusedSyscall(175, '0, 0, 0'),
    },
    { name: 'finit_module', reason: 'the same by file descriptor', script: refusedSyscall(313, '0, 0, 0') },
    { name: 'delete_module', reason: 'unloading breaks the host', script: refusedSyscall(176, '"x", 0') },
    {
      name: 'bpf',
      reason: 'program verification has been a way to kernel memory',
      script: refusedSyscall(321, '0, 0, 0'),
    },
    {
      name: 'perf_event_open',
      reason: 'watches other nodes, and has had its bugs',
      script: refusedSyscall(298, '0, 0, -1, -1, 0'),
    },
    {
      name: 'userfaultfd',
      reason: 'stops the kernel at a chosen place; the usual helper of exploits',
      script: refusedSyscall(323, '0'),
    },
    {
      name: 'io_uring',
      reason: 'the richest source of kernel bugs of late years',
      script: refusedSyscall(425, '1, 0'),
    },
    {
      name: 'open_by_handle_at',
      reason: 'shocker: opens host files by guessed handles',
      script: refusedSyscall(304, '-1, 0, 0'),
    },
    {
      name: 'AF_VSOCK',
      reason: 'it knows no namespaces and reaches the hypervisor',
      script: refusedSyscall(41, '40, 1, 0'),
    },
    {
      name: 'setting the clock',
      reason: 'time is the host’s',
      script: 'date -s "2001-01-01" >/dev/null 2>&1 && echo ESCAPED; true',
    },
    { name: 'swapon', reason: 'swap is the host’s', script: refusedSyscall(167, '"/tmp/nothing", 0') },
    {
      name: 'the kernel log',
      reason: 'it tells of other nodes and of addresses',
      script: 'dmesg 2>/dev/null | head -1 | grep -q . && echo ESCAPED; true',
    },
    {
      name: 'debugfs, tracefs and securityfs',
      reason: 'they show and steer the whole kernel',
      script:
        'for t in debugfs tracefs securityfs pstore configfs; do mount -t $t none /mnt 2>/dev/null && { echo ESCAPED $t; umount /mnt; }; done; true',
    },
    {
      name: 'other processes of the host',
      reason: 'a pid of the host can be traced, signalled or entered',
      script:
        '[ "$(cat /proc/1/comm)" = init ] || [ "$(readlink /proc/1/exe)" = /usr/lib/drydock/init ] || echo ESCAPED $(cat /proc/1/comm); ls -d /proc/[0-9]* | while read p; do tr "\\0" " " < $p/cmdline 2>/dev/null; echo; done | grep -E "[n]ode-agent/dist|[s]ession-manager/dist|[r]edis-server.*drydock" && echo ESCAPED; true',
    },
    {
      name: 'raising the node’s own limits',
      reason: 'limits that their subject can lift are none',
      script:
        'for f in $(find /sys/fs/cgroup -maxdepth 2 \\( -name memory.limit_in_bytes -o -name memory.max -o -name pids.max -o -name cpu.cfs_quota_us -o -name cpu.max \\) 2>/dev/null); do b=$(cat $f); done; free -b >/dev/null; for f in /sys/fs/cgroup/*/devices.allow; do (echo "b *:* rwm" > $f) 2>/dev/null && mknod /tmp/dv b ' +
        `${host.major} ${host.minor} 2>/dev/null && head -c 1 /tmp/dv >/dev/null 2>&1 && echo ESCAPED; rm -f /tmp/dv; done; true`,
    },
  ];
}
