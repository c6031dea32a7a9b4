/** What an attempt to get out of a node is, and the few forms of evidence that all of them use. */

export interface EscapeAttempt {
  name: string;
  /** Why it would matter. */
  reason: string;
  /**
   * For the node's bash, as root. Prints ESCAPED when it got what it must not get, and ABSENT when this kernel has nothing of the
   * kind to offer even to the host's root. It is run on a node without any guard too, where it succeeds: whatever it does then must
   * leave the host as it was (open, read, write the value that is there, ask with an argument that is refused after the right is).
   */
  script(host: HostFacts): string;
}

/** What of the host the attempts are after. */
export interface HostFacts {
  /** The disk that holds the host's root, and one of the suite's own: some hosts keep the first even from their root. */
  disks: readonly { major: number; minor: number }[];
  /** An argument of a process of the host that the suite has started for this purpose. */
  victim: string;
  /** An abstract UNIX socket on which the suite listens, without its leading zero byte. */
  abstractSocket: string;
  /** TCP ports of the host: the suite's own on all addresses, the manager's, Redis'. */
  ports: readonly number[];
  /** The host's own addresses. */
  addresses: readonly string[];
  /** `readlink /proc/self/ns/*` on the host, but for time, which no node has of its own (runc 1.1 knows no such namespace). */
  namespaces: readonly string[];
  /** The host's own name. */
  hostname: string;
  /** A directory that is on the host only. */
  directory: string;
  /** Disk that a node may have (bytes). */
  diskBytes: number;
}

/** A raw system call by perl (always in the node); ESCAPED unless the kernel refused it for want of a right or by the filter. */
export function refusedSyscall(number: number, args: string, refusals = 'EPERM EACCES EAFNOSUPPORT ENOSYS'): string {
  // By way of an array: perl refuses to pass strings that are constants.
  return `perl -MErrno -e '@a = (${args}); $r = syscall(${number}, @a); $e = $!; $absent = $!{ENOSYS}; ($name) = grep { $!{$_} } qw(${refusals}); print $r >= 0 || !$name ? "ESCAPED rc=$r $e\\n" : $absent ? "ABSENT system call ${number}: $e\\n" : "refused: $e\\n"'`;
}

/** Writes to each setting the value that it has: ESCAPED for those that take it. */
export function refusedWrite(...paths: string[]): string {
  return `mount -o remount,rw /proc/sys 2>/dev/null
    seen=; for f in ${paths.join(' ')}; do v=$(cat $f 2>/dev/null) || continue; seen=1
      (printf '%s\\n' "$v" > $f) 2>/dev/null && echo ESCAPED $f; done
    [ $seen ] || echo ABSENT ${paths.join(' ').replaceAll('*', 'x')}; true`;
}
