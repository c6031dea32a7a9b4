/** Builds the agent out of its parts: the only file that knows all of them. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentHello, DrydockError } from '@drydock/protocol';
import { type Logger, systemClock } from '@drydock/service-kit';
import type { AgentEnv } from './env.ts';
import { createFreezeHolds } from './floor/freeze-holds.ts';
import { createFrozenRecord } from './floor/frozen-record.ts';
import { createHostFloor } from './floor/host-floor.ts';
import { nodesMemory } from './host/capacity.ts';
import { createHostReport } from './host/host-report.ts';
import { createDispatcher } from './link/dispatch.ts';
import { createManagerLinks } from './link/manager-links.ts';
import { createTerminalCommands } from './link/terminal-commands.ts';
import { createInternetProbe } from './mirror/internet-probe.ts';
import { createMirrorFront } from './mirror/mirror-front.ts';
import { createDnsUpstream, createResolvConf } from './network/dns/dns-upstream.ts';
import { createHostNetworks } from './network/host-networks.ts';
import { installHostRules, removeHostRules } from './network/host-rules.ts';
import { reserveFirstLink } from './network/session/first-link.ts';
import { createFlowLog } from './network/session/flow-log.ts';
import { createGatewayServices } from './network/session/gateway-services.ts';
import { createRefusalWatch } from './network/session/refusal-watch.ts';
import { createSessionNetworks } from './network/session/session-networks.ts';
import { createTrafficWatch } from './network/session/traffic-watch.ts';
import { createTransitClaims } from './network/session/transit-claims.ts';
import { createSessionSpans } from './network/span/session-spans.ts';
import { readUnderlay } from './network/span/underlay.ts';
import { createCommandShares } from './nodes/command-shares.ts';
import { createLostPeers } from './nodes/lost-peers.ts';
import { createNodeRecords } from './nodes/node-record.ts';
import { createNodeService } from './nodes/node-service.ts';
import { createPool } from './nodes/pool.ts';
import { createSessionKeys } from './nodes/session-keys.ts';
import { readCgroupHost } from './runtime/runc/cgroup-host.ts';
import { createCgroups } from './runtime/runc/cgroups.ts';
import { createIdRanges } from './runtime/runc/id-ranges.ts';
import { createNodeDisks } from './runtime/runc/node-disk.ts';
import { createOwnFigures } from './runtime/runc/own-figures.ts';
import { createRuncRuntime } from './runtime/runc/runc-runtime.ts';
import { connectNode } from './streams/node-connect.ts';
import { createStreamOpener, type NodeDoor } from './streams/stream-opener.ts';
import { createManagerDial } from './system/manager-dial.ts';
import { loadNetnsAddon } from './system/netns-addon.ts';
import { createNetnsSockets } from './system/netns-sockets.ts';
import { HOST_PROTOCOL_VERSION } from './terminals/host-protocol.ts';
import { createTerminalClient } from './terminals/terminal-client.ts';
import { createEngineReady } from './watch/engine-ready.ts';
import { createNodeWatchers } from './watch/node-watchers.ts';

export interface Agent {
  /** Takes over what lives on the host, then dials the manager. @throws when this host cannot carry nodes. */
  start(): Promise<void>;
  /** Lets go of everything; nodes and terminals live on. */
  stop(): Promise<void>;
  /** Destroys every node and network of this agent, then lets go. */
  destroyAll(): Promise<void>;
  /** Destroys what an agent that was killed left on the host; for use in place of `start`, and without a manager. */
  destroyLeft(): Promise<void>;
}

/** Builds the agent; nothing of the host is touched before `start`. */
export async function createAgent(env: AgentEnv, version: string, logger: Logger): Promise<Agent> {
  const clock = systemClock;
  const claimsDir = join(env.runDir, 'alloc');
  const readKey = async () => (await readFile(env.keyFile, 'utf8')).trim();
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
    logger,
  });
  const claims = createTransitClaims(claimsDir, env.stateDir);
  const upstream = createDnsUpstream({ servers: createResolvConf(clock), clock });
  const mirror = createMirrorFront({
    libraryUrl: env.libraryUrl,
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
  const flows = createFlowLog({
    directory: join(env.stateDir, 'flows'),
    days: env.flowLogDays,
    sessions: () => networks.sessions(),
    ...{ clock, logger },
  });
  const networks = createSessionNetworks({
    ...{ addon, claims, logger, spans },
    limits: env.traffic,
    outside: { lists, neighbours: hostNetworks.current },
    async beforeEnd(sessionId) {
      await traffic.note(sessionId);
      await flows.note(sessionId);
    },
    spares: { egress: env.egress, clock },
    onRefusals: (sessionId, refused) => links.sendFact({ kind: 'refusals', sessionId, refused }),
    services: createGatewayServices({
      sockets,
      upstream,
      mirror: mirror.handle,
      ...{ lists, clock },
      peers: (sessionId) => networks.peers(sessionId),
      logger,
    }),
  });
  const refusals = createRefusalWatch({ networks, clock, logger });
  const traffic = createTrafficWatch({
    sessions: networks.sessions,
    tell: (sessionId, bytes) => links.sendFact({ kind: 'traffic', sessionId, traffic: bytes }),
    ...{ clock, logger },
  });
  const pool = createPool({
    runtime,
    limits: env.nodeLimits,
    prepareNetwork: (pid) => reserveFirstLink(addon, pid),
    engineReady: createEngineReady(sockets),
    wanted: (members, demand) => host.poolSize({ members, nodes: nodes.list().length, demand }),
    onSize: () => host.poolChanged(),
    onRemains: (key) => nodes.addRemains(key),
    clock,
    logger,
  });
  const commands = createCommandShares();
  const nodes = createNodeService({
    commands,
    runtime,
    pool,
    networks,
    records: createNodeRecords(join(env.stateDir, 'nodes')),
    keys: createSessionKeys(join(env.stateDir, 'secrets', 'sessions')),
    clock,
    logger,
    egress: env.egress,
  });
  const host = createHostReport({
    env,
    runtime,
    hasOwnFigures: () => figures?.serves() ?? false,
    counts: () => ({ pool: pool.size(), remains: nodes.remains(), terminalBreaks: terminals.breaks() }),
    onCapacity: (capacity) => links.sendFact({ kind: 'capacity', capacity }),
    clock,
    logger,
  });
  const terminals = createTerminalClient(env.terminalsSocket, logger, {
    onOutput: (output) => links.sendOutput(output),
    onScreen: (screen) => links.sendScreen(screen),
    onSize: (size) => links.sendSize(size),
    onExit: (exit) => {
      if (exit.viewerId === undefined) terminalCommands.forget(exit.terminalId);
      links.sendExit(exit);
    },
    // A terminal host that came back holds other terminals than the last hello said.
    onConnected: () => links.renew(),
  });
  async function findNode(sessionId: string, name: string): Promise<NodeDoor | undefined> {
    const node = nodes.get(sessionId, name);
    const path = `/proc/${node?.pid}/ns/net`;
    const found = node && (await stat(path).catch(() => undefined));
    if (!node || !found) return undefined;
    return { ip: node.ip, netns: { path, inode: found.ino }, enter: (command) => runtime.enter(node, command) };
  }

  const streams = createStreamOpener({
    ...{ sockets, commands },
    logger,
    dial: createManagerDial({ name: env.name, readKey }),
    findNode,
  });

  const watchers = createNodeWatchers({
    nativeDir: env.nativeDir,
    sockets,
    findPid: (sessionId, node) => nodes.get(sessionId, node)?.pid,
    async connectPort(sessionId, name, port) {
      const door = await findNode(sessionId, name);
      if (!door) throw new DrydockError('NODE_NOT_FOUND');
      return (await connectNode(sockets, sessionId, door, port)).target;
    },
    observe: nodes.observe,
    memoryGroup: (sessionId, name) => runtime.memoryGroup({ sessionId, name }),
    onOom: (sessionId, node) => void nodes.noteKill(sessionId, node),
    onEngineEvent: (sessionId, node, fact) => links.sendFact({ kind: 'event', sessionId, event: { ...fact, node } }),
    onSwarm: (sessionId, swarm) => links.sendFact({ kind: 'swarm', sessionId, swarm }),
    clock,
    logger,
  });

  const terminalCommands = createTerminalCommands({
    terminals,
    links: {
      claim: (viewerId, url) => links.claim(viewerId, url),
      release: (viewerId) => links.release(viewerId),
    },
    name: env.name,
    readKey,
    hasNode: (sessionId, node) => nodes.get(sessionId, node) !== undefined,
    sendFact: (fact) => links.sendFact(fact),
  });
  const holds = createFreezeHolds({
    record: createFrozenRecord(join(env.stateDir, 'held.json')),
    freeze: (sessionId, frozen) => nodes.freezeSession(sessionId, frozen),
    sessions: () => nodes.list().map(({ sessionId }) => sessionId),
  });
  const dispatcher = createDispatcher({
    logger,
    handlers: {
      'node.create': (request) => nodes.create(request),
      'node.destroy': async ({ sessionId, node }) => {
        await terminals.call('node.close', { sessionId, node }).catch(() => undefined);
        await nodes.destroy(sessionId, node);
        return {};
      },
      'session.destroy': async ({ sessionId }) => {
        await nodes.destroySession(sessionId);
        return {};
      },
      'session.network': async ({ sessionId, network }) => {
        const before = networks.peers(sessionId);
        await nodes.setNetwork(sessionId, network);
        const there = new Set(networks.peers(sessionId).map(({ ip }) => ip));
        for (const { ip } of before) if (!there.has(ip)) lostPeers.tell(sessionId, ip);
        return {};
      },
      'session.freeze': async ({ sessionId, frozen }) => {
        await holds.set(sessionId, 'manager', frozen);
        return {};
      },
      'session.rest': async ({ sessionId }) => {
        for (const { name } of nodes.list().filter((node) => node.sessionId === sessionId)) {
          await terminals.call('node.close', { sessionId, node: name }).catch(() => undefined);
          streams.closeNode(sessionId, name);
        }
        await nodes.restSession(sessionId);
        return {};
      },
      'node.exec': ({ sessionId, node, ...request }) => nodes.exec(sessionId, node, request),
      ...terminalCommands.handlers,
      'stream.open': (request, from) => streams.open(request, from),
      'swarm.read': ({ sessionId }) => watchers.readSwarm(sessionId),
    },
  });

  const links = createManagerLinks({
    urls: env.managerUrls,
    name: env.name,
    readKey,
    dispatcher,
    logger,
    clock,
    async describe() {
      const listed = await terminals
        .call('list', { protocol: HOST_PROTOCOL_VERSION })
        .catch(() => ({ terminals: [], dials: false }));
      terminalCommands.learn(listed.terminals);
      const { capabilities, capacity } = await host.describe();
      return (): AgentHello => ({
        version,
        capabilities,
        capacity,
        ...(underlay === undefined ? {} : { underlay }),
        nodes: nodes.list(),
        terminals: listed.terminals,
        terminalStream: listed.dials,
      });
    },
    onSessions: (sessions, hello) => {
      for (const [sessionId, swarm] of watchers.swarms()) links.sendFact({ kind: 'swarm', sessionId, swarm });
      traffic.retell();
      const listed = new Set(hello.nodes.map((node) => `${node.sessionId}/${node.name}`));
      nodes
        .reconcile(sessions, listed)
        .catch((err: unknown) => logger.error({ err }, 'nodes of ended sessions not removed'));
    },
    onViewersLost: terminalCommands.detach,
    onViewerAck: (ack) => terminals.ack(ack),
  });
  const floor = createHostFloor({
    ...{ stateDir: env.stateDir, nativeDir: env.nativeDir, diskFloorBytes: env.diskFloorBytes },
    ...{ runtime, nodes, holds, tell: (fact) => links.sendFact(fact) },
    base: { clock, logger },
  });
  const lostPeers = createLostPeers({ nodes, clock, logger });
  const stopFacts = nodes.onFact((fact) => {
    links.sendFact(fact);
    lostPeers.onFact(fact);
    watchers.onFact(fact);
    if (fact.kind === 'node' && fact.node.state !== 'running') streams.closeNode(fact.node.sessionId, fact.node.name);
    if (fact.kind === 'node-gone') {
      const node = { sessionId: fact.sessionId, node: fact.name };
      terminals.call('node.close', node).catch(() => undefined);
    }
  });

  async function stop(): Promise<void> {
    figures?.stop();
    host.stop();
    floor.stop();
    await pool.close();
    refusals.stop();
    traffic.stop();
    flows.stop();
    hostNetworks.stop();
    links.stop();
    stopFacts();
    watchers.close();
    nodes.close();
    terminals.close();
    await networks.close();
    mirror.close();
  }

  async function destroyAll(): Promise<void> {
    links.stop();
    const destroyed = await Promise.allSettled([pool.destroyAll(), nodes.destroyAll()]);
    for (const result of destroyed) if (result.status === 'rejected') throw result.reason;
    await networks.adopt([]);
    await stop();
    await spans?.remove();
    if (!(await claims.anyLeft())) await removeHostRules();
  }

  return {
    async start() {
      await runtime.prepare();
      await hostNetworks.start();
      await nodes.adopt();
      // The first hello must not say that there are no terminals only because nobody could be asked.
      await terminals.ready();
      links.start();
      host.start();
      floor.start();
      refusals.start();
      traffic.start();
      flows.start();
      pool.start();
    },
    stop,
    destroyAll,
    async destroyLeft() {
      await runtime.prepare();
      await nodes.adopt();
      await destroyAll();
    },
  };
}
