/** Loads the native addon that works inside other network namespaces (native/netns), and says what it offers. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The addon's functions: those without a promise take microseconds; errors carry errno's name as `code`. */
export interface NetnsAddon {
  /** Opens a socket in the namespace at `path` (`inode` 0: whichever is there); `host` null: unbound; `backlog` > 0: listening. Only IPv4 is bound. */
  openSocket(
    path: string,
    inode: number,
    kind: 'tcp' | 'tcp6' | 'udp',
    host: string | null,
    port: number,
    backlog: number,
  ): number;
  /** Writes `/proc/sys/net/<name>` as the namespace at `path` sees it. */
  writeSysctl(path: string, name: string, value: string): void;
  /** Operational state of a link of the namespace (RFC 2863): 6 is up. @throws ENODEV */
  linkState(path: string, inode: number, link: string): number;
  /** The number by which the kernel knows a link of the namespace. @throws ENODEV */
  linkIndex(path: string, link: string): number;
  /** Sends rtnetlink requests (rtnetlink.ts) in the namespace, in order; rejects with the first refusal, what came before stays done. */
  sendRequests(path: string, bytes: Buffer): Promise<number>;
  /** A new network namespace, which lives as long as the descriptor or its name. */
  makeNetns(): Promise<number>;
  /** Makes the file at `path` stand for the namespace behind a descriptor, as `ip netns` does. @throws EEXIST */
  nameNetns(fd: number, path: string): void;
  /** Connects to a unix socket by its path in the file tree of `pid`; never leaves that tree. `netnsInode` 0: any namespace. */
  connectUnix(pid: number, path: string, netnsInode: number): number;
}

/** Loads `netns.node` from the directory of native builds. @throws when it was not built. */
export function loadNetnsAddon(nativeDir: string): NetnsAddon {
  return createRequire(import.meta.url)(join(nativeDir, 'netns.node')) as NetnsAddon;
}
