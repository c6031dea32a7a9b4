/** Nodes by runc on this kernel, in networks of its own namespaces: what the product runs on. */
import { join } from 'node:path';
import { readKernelTotals } from '../floor/kernel-totals.ts';
import { nodesMemory } from '../host/capacity.ts';
import { createInternetProbe } from '../mirror/internet-probe.ts';
import { createMirrorFront } from '../mirror/mirror-front.ts';
import { createDnsUpstream, createResolvConf } from '../network/dns/dns-upstream.ts';
import { createHostNetworks } from '../network/host-networks.ts';
import { installHostRules, removeHostRules } from '../network/host-rules.ts';
import { createFlowLog } from '../network/session/flow-log.ts';
import { createGatewayServices } from '../network/session/gateway-services.ts';
import { createRefusalWatch } from '../network/session/refusal-watch.ts';
import { createSessionNetworks } from '../network/session/session-networks.ts';
import { createTrafficWatch } from '../network/session/traffic-watch.ts';
import { createTransitClaims } from '../network/session/transit-claims.ts';
import { createSessionSpans } from '../network/span/session-spans.ts';
import { readUnderlay } from '../network/span/underlay.ts';
import { readCgroupHost } from '../runtime/runc/cgroup-host.ts';
import { createCgroups } from '../runtime/runc/cgroups.ts';
import { createIdRanges } from '../runtime/runc/id-ranges.ts';
import { createNodeDisks } from '../runtime/runc/node-disk.ts';
import { createNodeHandles } from '../runtime/runc/node-handle.ts';
import { createOwnFigures } from '../runtime/runc/own-figures.ts';
import { createRuncRuntime } from '../runtime/runc/runc-runtime.ts';
import { loadNetnsAddon } from '../system/netns-addon.ts';
import { createNetnsSockets } from '../system/netns-sockets.ts';
import type { Platform, PlatformDeps } from './platform.ts';
import { nodeBounds, probeFeatures } from './runc-features.ts';

/** Builds it; nothing of the host is touched before `prepare`. */
export async function createRuncPlatform({ env, clock, logger, onFact }: PlatformDeps): Promise<Platform> {
  const claimsDir = join(env.runDir, 'alloc');
  const addon = loadNetnsAddon(env.nativeDir);
  const sockets = createNetnsSockets(addon);
  const figures =
    env.lxcfsDir === undefined
      ? undefined
      : createOwnFigures({ directory: env.lxcfsDir, nativeDir: env.nativeDir, clock, logger });
  const runtime = createRuncRuntime({
    ...env,
    figures,
    cgroups: createCgroups(await readCgroupHost(), { memoryBytes: await nodesMemory() }),
    disks: createNodeDisks(join(env.stateDir, 'disks')),
    ranges: createIdRanges(claimsDir, env.stateDir),
    handles: createNodeHandles({ nativeDir: env.nativeDir, sockets, clock, logger }),
    logger,
  });
  const claims = createTransitClaims(claimsDir, env.stateDir);
  const upstream = createDnsUpstream({ servers: createResolvConf(clock), clock });
  const mirror = createMirrorFront({
    libraryUrl: env.libraryUrl,
    libraryFile: join(env.imagesDir, 'library/current/library.json'),
    hubUrl: env.hubUrl,
    hasInternet: env.egress === 'internet' ? createInternetProbe(upstream, clock) : async () => false,
    logger,
  });
  const underlay = env.hostAddress === undefined ? undefined : await readUnderlay(env.hostAddress);
  const spans = underlay && createSessionSpans(join(env.stateDir, 'networks'), underlay, env.traffic.bandwidth);
  const lists = env.egressLists;
  const hostNetworks = createHostNetworks({
    onChange: (neighbours) => installHostRules({ lists, neighbours }),
    clock,
    logger,
  });
  const flows = createFlowLog({ directory: join(env.stateDir, 'flows'), days: env.flowLogDays, clock, logger });
  const traffic = createTrafficWatch({
    tell: (sessionId, bytes) => onFact({ kind: 'traffic', sessionId, traffic: bytes }),
    clock,
    logger,
  });
  const networks = createSessionNetworks({
    addon,
    sockets,
    claims,
    logger,
    spans,
    limits: env.traffic,
    outside: { lists, neighbours: hostNetworks.current },
    async beforeEnd(sessionId) {
      await traffic.note(sessionId);
      await flows.note(sessionId);
    },
    spares: { egress: env.egress, clock },
    onRefusals: (sessionId, refused) => onFact({ kind: 'refusals', sessionId, refused }),
    services: createGatewayServices({ sockets, upstream, mirror: mirror.handle, lists, clock, logger }),
  });
  const refusals = createRefusalWatch({ networks, clock, logger });
  let tried: ReturnType<typeof probeFeatures> | undefined;

  return {
    runtime,
    networks,
    underlay,
    async features() {
      tried ??= probeFeatures(env);
      return {
        ...(await tried),
        figures: figures?.serves() ? 'node' : 'host',
        bounds: await nodeBounds(env.nodeFiles, env.traffic),
      };
    },
    kernelTotals: readKernelTotals,
    async prepare() {
      await runtime.prepare();
      await hostNetworks.start();
    },
    start() {
      refusals.start();
      flows.start(networks.sessions);
      traffic.start(networks.sessions);
    },
    retell: traffic.retell,
    async stop() {
      figures?.stop();
      refusals.stop();
      flows.stop();
      traffic.stop();
      hostNetworks.stop();
      runtime.close();
      await networks.close();
      mirror.close();
    },
    async removeShared() {
      await spans?.remove();
      if (!(await claims.anyLeft())) await removeHostRules();
    },
  };
}
