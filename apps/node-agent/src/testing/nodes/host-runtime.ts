/** The runc runtime with everything it stands on, for this machine. */
import { join } from 'node:path';
import { type Logger, systemClock } from '@drydock/service-kit';
import { nodesMemory } from '../../host/capacity.ts';
import { readCgroupHost } from '../../runtime/runc/cgroup-host.ts';
import type { DiskRates } from '../../runtime/runc/cgroup-plan.ts';
import { createCgroups } from '../../runtime/runc/cgroups.ts';
import { createIdRanges } from '../../runtime/runc/id-ranges.ts';
import { createNodeDisks } from '../../runtime/runc/node-disk.ts';
import { createNodeHandles } from '../../runtime/runc/node-handle.ts';
import type { OwnFigures } from '../../runtime/runc/own-figures.ts';
import { createRuncRuntime } from '../../runtime/runc/runc-runtime.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { loadNetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets } from '../../system/netns-sockets.ts';

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
    handles: createNodeHandles({
      nativeDir: deps.nativeDir,
      sockets: createNetnsSockets(loadNetnsAddon(deps.nativeDir)),
      clock: systemClock,
      logger: deps.logger,
    }),
  });
}
