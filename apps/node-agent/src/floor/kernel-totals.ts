/** What the kernel holds for all namespaces of the machine together, by files that cost nothing to read. */
import { readFile } from 'node:fs/promises';

export interface KernelTotals {
  /** Entries of the two tables of neighbours, permanent ones included. */
  neighbours: number;
  /** Memory of the kernel's own that cannot be given back (bytes). */
  unreclaimableBytes: number;
}

/** Reads them; what this kernel lacks counts as 0. */
export async function readKernelTotals(): Promise<KernelTotals> {
  const [meminfo, ipv4, ipv6] = await Promise.all(
    ['/proc/meminfo', '/proc/net/stat/arp_cache', '/proc/net/stat/ndisc_cache'].map((file) =>
      readFile(file, 'utf8').catch(() => ''),
    ),
  );
  return {
    neighbours: tableEntries(ipv4 ?? '') + tableEntries(ipv6 ?? ''),
    unreclaimableBytes: Number(/^SUnreclaim:\s+(\d+) kB$/m.exec(meminfo ?? '')?.[1] ?? 0) * 1024,
  };
}

/** A line of names and a line of hexadecimal numbers for each processor; the first column is the table's own in all of them. */
export function tableEntries(text: string): number {
  const [, first = ''] = text.split('\n');
  return Number.parseInt(first.trim().split(/\s+/)[0] ?? '', 16) || 0;
}
