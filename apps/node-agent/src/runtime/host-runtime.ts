/** The runc runtime with everything it stands on, for this machine. */
import { join } from 'node:path';
import type { Logger } from '@drydock/service-kit';
import { createNodeDisks } from '../disk/node-disk.ts';
import { nodesMemory } from '../host/capacity.ts';
import { readCgroupHost } from './cgroup-host.ts';
import type { DiskRates } from './cgroup-plan.ts';
import { createCgroups } from './cgroups.ts';
import { createIdRanges } from './id-ranges.ts';
import type { OwnFigures } from './own-figures.ts';
import { createRuncRuntime } from './runc-runtime.ts';
import type { Runtime } from './runtime.ts';

export interface HostRuntimeDeps {
  stateDir: string;
  runDir: string;
  imagesDir: string;
  nativeDir: string;
  diskRates?: DiskRates;
  figures?: OwnFigures | undefined;
  logger: Logger;
}

/** Builds it; nothing of the host is changed before prepare(). */
export async function createHostRuntime(deps: HostRuntimeDeps): Promise<Runtime> {
  return createRuncRuntime({
    ...deps,
    cgroups: createCgroups(await readCgroupHost(), { memoryBytes: await nodesMemory() }),
    disks: createNodeDisks(join(deps.stateDir, 'disks')),
    ranges: createIdRanges(join(deps.runDir, 'alloc'), deps.stateDir),
  });
}
