/** Ways out by devices, disks and file systems. */
import { type EscapeAttempt, refusedSyscall } from './attempt.ts';

/** See EscapeAttempt. */
export const deviceAttempts: readonly EscapeAttempt[] = [
  {
    name: 'the host disk by its device number',
    reason: 'the classic: mknod in a container with CAP_MKNOD, then read, write or mount',
    // Not in /tmp: that is mounted without devices anyway.
    script: ({ disks }) =>
      `${disks.map(({ major, minor }) => `for d in /dev /root; do mknod $d/disk b ${major} ${minor} 2>/dev/null && head -c 1 $d/disk >/dev/null 2>&1 && echo ESCAPED ${major}:${minor}; rm -f $d/disk; done`).join('; ')}; true`,
  },
  {
    name: 'the host disk under any name in /dev',
    reason: 'a device node left in /dev is as good as one made',
    script: () =>
      'for d in /dev/vd* /dev/sd* /dev/nvme* /dev/dm-* /dev/loop* /dev/mem /dev/port; do [ -e "$d" ] && head -c 1 "$d" >/dev/null 2>&1 && echo ESCAPED $d; done; true',
  },
  {
    name: 'mounting a disk',
    reason: 'a crafted file system image attacks the kernel’s drivers, which trust their disks',
    // /dev/null is no block device: that is said only to one who may mount one.
    script: () => refusedSyscall(165, '"/dev/null", "/mnt", "ext4", 1, 0'),
  },
  {
    name: 'loop devices',
    reason: 'they are not namespaced: one could attach to another node’s disk',
    script: () =>
      'for n in 0 1 2 3; do mknod /root/l$n b 7 $n 2>/dev/null && head -c 1 /root/l$n >/dev/null 2>&1 && echo ESCAPED; rm -f /root/l$n; done; mknod /root/lc c 10 237 2>/dev/null && (: < /root/lc) 2>/dev/null && echo ESCAPED; rm -f /root/lc; true',
  },
  {
    name: 'the device cgroup',
    reason: 'whoever may add to the list of devices needs no other way',
    script: ({
      disks,
    }) => `for c in $(ls -d /sys/fs/cgroup/devices /sys/fs/cgroup/*devices* 2>/dev/null | sort -u); do mkdir $c/own 2>/dev/null
        for g in $c $c/own; do (echo 'b ${disks[0]?.major}:${disks[0]?.minor} rwm' > $g/devices.allow) 2>/dev/null && echo ESCAPED $g; done
        rmdir $c/own 2>/dev/null; done; [ "$c" ] || echo ABSENT this is cgroup v2, where a program is the list; true`,
  },
  {
    name: 'debugfs, tracefs, securityfs and pstore',
    reason: 'they show and steer the whole kernel',
    script: () =>
      'for t in debugfs tracefs securityfs pstore configfs; do mount -t $t none /mnt 2>/dev/null && { echo ESCAPED $t; umount /mnt; }; done; true',
  },
  {
    name: 'open_by_handle_at',
    reason: 'shocker: opens host files by guessed handles',
    script: () => refusedSyscall(304, '-1, 0, 0'),
  },
  {
    name: 'fanotify',
    reason: 'watches and delays every access to a whole file system',
    script: () => refusedSyscall(300, '4, 0'),
  },
  { name: 'swapon', reason: 'swap is the host’s', script: () => refusedSyscall(167, '"/tmp/nothing", 0') },
  {
    name: 'quotas of the host',
    reason: 'a quota that its subject can set is none',
    script: () => refusedSyscall(179, '0x80000100, 0, 0, 0'),
  },
  {
    name: 'evasion of the disk limit',
    reason: 'a file system larger than the node’s own disk belongs to somebody else',
    script: ({ diskBytes }) =>
      `for d in / /root /var/lib/docker /tmp /run /dev /dev/shm /node; do s=$(df -B1 --output=size $d 2>/dev/null | tail -1); [ "\${s:-0}" -gt ${diskBytes} ] && echo ESCAPED $d $s; done; true`,
  },
];
