/** What the kernel holds for all namespaces of the machine together, by files that cost nothing to read. */
import { readFile } from 'node:fs/promises';

export interface KernelTotals {
  /** Entries of the two tables of neighbours, permanent ones included. */
  neighbours: number;
  /** Memory of the kernel's own that cannot be given back (bytes). */
  unreclaimableBytes: number;
  /** Memory that is in use and that none of the kernel's own figures names (bytes): rings, buffers, pipes, tables of its own. */
  unexplainedBytes: number;
  /** Buffers of TCP and UDP of all network namespaces (bytes). */
  transportBytes: number;
  /** How much of them TCP may have before the kernel keeps everybody short (tcp_mem's second figure, in bytes). */
  transportPotBytes: number;
  /** Cgroups in the hierarchies that have controllers (v1) or in the one of v2. */
  groups: number;
}

/** Reads them; what this kernel lacks counts as 0. */
export async function readKernelTotals(): Promise<KernelTotals> {
  const read = (file: string) => readFile(file, 'utf8').catch(() => '');
  const [meminfo, zoneinfo, ipv4, ipv6, cgroups, sockstat, pot] = await Promise.all([
    ...[read('/proc/meminfo'), read('/proc/zoneinfo')],
    ...[read('/proc/net/stat/arp_cache'), read('/proc/net/stat/ndisc_cache')],
    ...[read('/proc/cgroups'), read('/proc/net/sockstat'), read('/proc/sys/net/ipv4/tcp_mem')],
  ]);
  return {
    neighbours: tableEntries(ipv4 ?? '') + tableEntries(ipv6 ?? ''),
    unreclaimableBytes: figure(meminfo ?? '', 'SUnreclaim'),
    unexplainedBytes: unexplainedOf(meminfo ?? '', zoneinfo ?? ''),
    transportBytes: transportOf(sockstat ?? ''),
    transportPotBytes: Number((pot ?? '').split(/\s+/)[1] ?? 0) * PAGE,
    groups: groupsOf(cgroups ?? ''),
  };
}

/**
 * What is neither free nor a page of a file or a program, nor counted as a slab, a stack, a table or per processor. Not VmallocUsed: the kernel
 * takes large memory by vmalloc or whole pages, as it comes, and both are what is looked for here.
 */
const EXPLAINED = [
  ...['MemFree', 'Buffers', 'Cached', 'SwapCached', 'AnonPages', 'Slab'],
  ...['KernelStack', 'PageTables', 'SecPageTables', 'Percpu', 'Hugetlb'],
];

/** Of the pages that the kernel counts its lists and its pots of buffers in (bytes). */
const PAGE = 4096;

/**
 * Of /proc/meminfo and /proc/zoneinfo: each processor keeps pages that are free and that MemFree leaves out, an eighth of the memory between them at
 * most. It wavers by some megabytes, since the kernel adds up its processors' figures late; never below 0.
 */
export function unexplainedOf(meminfo: string, zoneinfo: string): number {
  const explained = EXPLAINED.reduce((sum, name) => sum + figure(meminfo, name), 0);
  let kept = 0;
  for (const [, count] of zoneinfo.matchAll(/^ +count: +(\d+)$/gm)) kept += Number(count) * PAGE;
  return Math.max(0, figure(meminfo, 'MemTotal') - explained - kept);
}

/** Of /proc/net/sockstat, whose `mem` is the machine's, while its other figures are those of one namespace (bytes). */
export function transportOf(sockstat: string): number {
  let pages = 0;
  for (const [, mem] of sockstat.matchAll(/^(?:TCP|UDP): .*\bmem (\d+)$/gm)) pages += Number(mem);
  return pages * PAGE;
}

/** A line of /proc/meminfo (bytes); 0 for one that this kernel lacks. */
function figure(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}

/** A line of names and a line of hexadecimal numbers for each processor; the first column is the table's own in all of them. */
export function tableEntries(text: string): number {
  const [, first = ''] = text.split('\n');
  return Number.parseInt(first.trim().split(/\s+/)[0] ?? '', 16) || 0;
}

/** A line for each controller: name, hierarchy, groups of that hierarchy, and whether it is on. Several can share a hierarchy. */
export function groupsOf(text: string): number {
  const hierarchies = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, hierarchy = '', groups = '', enabled] = line.split(/\s+/);
    if (enabled === '1' && !name?.startsWith('#')) hierarchies.set(hierarchy, Number(groups) || 0);
  }
  return [...hierarchies.values()].reduce((sum, groups) => sum + groups, 0);
}
