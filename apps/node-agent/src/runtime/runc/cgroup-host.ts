/** Which cgroup hierarchies this host has: parsed from its mount table. */
import { readFile } from 'node:fs/promises';

/** One mounted hierarchy. `controllers` is empty for the unified one and for named ones. */
export interface CgroupHierarchy {
  mount: string;
  version: 1 | 2;
  controllers: string[];
}

export interface CgroupHost {
  /** 2 when the controllers that a node needs are in the unified hierarchy. */
  version: 1 | 2;
  /** All hierarchies in which a node gets a directory: every v1 one, and the unified one. */
  hierarchies: CgroupHierarchy[];
}

const V1_CONTROLLERS = new Set(
  'blkio cpu cpuacct cpuset devices freezer hugetlb memory misc net_cls net_prio perf_event pids rdma'.split(' '),
);

/** Parses the text of /proc/mounts. */
export function parseCgroupMounts(text: string): CgroupHost {
  const hierarchies: CgroupHierarchy[] = [];
  for (const line of text.split('\n')) {
    const [, mount, type, options] = line.split(' ');
    if (mount === undefined || hierarchies.some((known) => known.mount === mount)) continue;
    if (type === 'cgroup2') hierarchies.push({ mount, version: 2, controllers: [] });
    if (type !== 'cgroup') continue;
    const controllers = (options ?? '').split(',').filter((option) => V1_CONTROLLERS.has(option));
    hierarchies.push({ mount, version: 1, controllers });
  }
  const hasV1 = hierarchies.some(({ version, controllers }) => version === 1 && controllers.includes('memory'));
  return { version: hasV1 ? 1 : 2, hierarchies };
}

/** Reads the host's hierarchies. */
export async function readCgroupHost(): Promise<CgroupHost> {
  return parseCgroupMounts(await readFile('/proc/mounts', 'utf8'));
}

/** The mount of a v1 controller. */
export function v1Mount(host: CgroupHost, controller: string): string | undefined {
  return host.hierarchies.find(({ controllers }) => controllers.includes(controller))?.mount;
}
