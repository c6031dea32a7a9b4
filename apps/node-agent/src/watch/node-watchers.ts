/** Watches every running node: its sockets, its engine and its memory; tells what changed. */
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { AgentFact, NodePort, SwarmRole, SwarmState } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { NetnsSockets } from '../system/netns-sockets.ts';
import { createDockerApi } from './docker-api.ts';
import type { DockerView } from './docker-view.ts';
import { createDockerWatch, DOCKER_SOCKET, type DockerWatch } from './docker-watch.ts';
import { createEventTeller, type EngineFact } from './engine-events.ts';
import { nodePorts } from './node-ports.ts';
import { createOomWatch } from './oom-watch.ts';
import { createPortProbes } from './port-probes.ts';
import { createSocketWatch, type WatchedSocket } from './socket-watch.ts';
import { createSwarmWatch } from './swarm-watch.ts';

/** What a watcher tells of a node, and only what has changed. */
export interface WatchObservation {
  dockerReady?: boolean;
  swarm?: SwarmRole;
  ports?: NodePort[];
}

export interface NodeWatchersDeps {
  nativeDir: string;
  sockets: NetnsSockets;
  /** The first process of a running node. */
  findPid: (sessionId: string, node: string) => number | undefined;
  /** Connects to a port of a node, to learn what it speaks. */
  connectPort: (sessionId: string, node: string, port: number) => Promise<Socket>;
  observe: (sessionId: string, node: string, observation: WatchObservation) => void;
  /** A node's memory cgroup, where it has one. */
  memoryGroup: (sessionId: string, node: string) => string | undefined;
  /** The kernel has killed in a node for want of memory. */
  onOom: (sessionId: string, node: string) => void;
  /** An engine told of something that people want to read. */
  onEngineEvent: (sessionId: string, node: string, fact: EngineFact) => void;
  /** A session's swarm has another picture. */
  onSwarm: (sessionId: string, state: SwarmState) => void;
  clock: Clock;
  logger: Logger;
}

export interface NodeWatchers {
  /** Follows the life of nodes: watches those that run. */
  onFact(fact: AgentFact): void;
  /** A session's swarm as it is now. */
  readSwarm(sessionId: string): Promise<SwarmState>;
  /** The last picture of every session's swarm. */
  swarms(): [sessionId: string, state: SwarmState][];
  close(): void;
}

interface Watched {
  sessionId: string;
  name: string;
  docker?: DockerWatch;
  sockets: readonly WatchedSocket[];
  view: DockerView | undefined;
  told: Required<WatchObservation>;
}

const NO_SWARM: SwarmRole = { role: 'none', leader: false };

/** Builds the watchers. */
export function createNodeWatchers(deps: NodeWatchersDeps): NodeWatchers {
  const { sockets, clock, logger } = deps;
  const watched = new Map<string, Watched>();
  const swarm = createSwarmWatch({ clock, onSwarm: deps.onSwarm });
  const socketWatch = createSocketWatch({
    nativeDir: deps.nativeDir,
    logger,
    clock,
    onSockets(id, list) {
      const node = watched.get(id);
      if (!node) return;
      node.sockets = list;
      tell(node);
      node.docker?.poke();
    },
  });

  const oomWatch = createOomWatch({
    nativeDir: deps.nativeDir,
    logger,
    clock,
    onOom(id) {
      const node = watched.get(id);
      if (node) deps.onOom(node.sessionId, node.name);
    },
  });

  const probes = createPortProbes({
    connect: deps.connectPort,
    clock,
    onGuess(sessionId, name) {
      const node = watched.get(`${sessionId}/${name}`);
      if (node) tell(node);
    },
  });

  function tell(node: Watched): void {
    const now = {
      dockerReady: node.view !== undefined,
      swarm: node.view?.swarm ?? NO_SWARM,
      ports: probes.update(node.sessionId, node.name, nodePorts(node.sockets, node.view)),
    };
    const changed: WatchObservation = {};
    if (now.dockerReady !== node.told.dockerReady) changed.dockerReady = now.dockerReady;
    if (JSON.stringify(now.swarm) !== JSON.stringify(node.told.swarm)) changed.swarm = now.swarm;
    if (JSON.stringify(now.ports) !== JSON.stringify(node.told.ports)) changed.ports = now.ports;
    node.told = now;
    if (Object.keys(changed).length > 0) deps.observe(node.sessionId, node.name, changed);
  }

  function start(id: string, sessionId: string, name: string): void {
    const pid = deps.findPid(sessionId, name);
    if (pid === undefined) return;
    let inode: number;
    try {
      inode = statSync(`/proc/${pid}/ns/net`).ino;
    } catch {
      return; // It has just ended; the node service will say so.
    }
    const node: Watched = {
      sessionId,
      name,
      sockets: [],
      view: undefined,
      told: { dockerReady: false, swarm: NO_SWARM, ports: [] },
    };
    watched.set(id, node);
    socketWatch.add(id, pid, inode);
    const memoryGroup = deps.memoryGroup(sessionId, name);
    if (memoryGroup !== undefined) oomWatch.add(id, memoryGroup);
    const tellEvent = createEventTeller({
      clock,
      isLeader: () => node.view?.swarm.leader ?? false,
      tell: (fact) => deps.onEngineEvent(sessionId, name, fact),
    });
    const api = createDockerApi(() => sockets.connectUnix(pid, DOCKER_SOCKET, inode));
    node.docker = createDockerWatch({
      api,
      clock,
      onView(view) {
        node.view = view;
        tell(node);
        if (view === undefined) swarm.remove(sessionId, name);
        else swarm.set(sessionId, name, api, view.swarm);
      },
      onEvent(event) {
        swarm.poke(sessionId);
        tellEvent(event);
      },
    });
  }

  function stop(id: string): void {
    const node = watched.get(id);
    if (!node) return;
    watched.delete(id);
    node.docker?.close();
    swarm.remove(node.sessionId, node.name);
    socketWatch.remove(id);
    oomWatch.remove(id);
    probes.forget(node.sessionId, node.name);
  }

  return {
    onFact(fact) {
      if (fact.kind === 'node-gone') stop(`${fact.sessionId}/${fact.name}`);
      if (fact.kind !== 'node') return;
      const { sessionId, name, state } = fact.node;
      const id = `${sessionId}/${name}`;
      if (state !== 'running') stop(id);
      else if (!watched.has(id)) start(id, sessionId, name);
    },
    readSwarm: swarm.read,
    swarms: swarm.list,
    close() {
      swarm.close();
      for (const id of [...watched.keys()]) stop(id);
      socketWatch.close();
      oomWatch.close();
    },
  };
}
