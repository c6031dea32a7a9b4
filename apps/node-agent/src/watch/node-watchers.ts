/** Watches every running node: its sockets, its engine and its memory; tells what changed. */
import type { Socket } from 'node:net';
import type { AgentFact, NodePort, SessionId, SwarmRole, SwarmState } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { LabWatch } from '../checks/lab-watch.ts';
import type { ListeningSocket, NodeHandle } from '../runtime/runtime.ts';
import { createDockerApi } from './docker-api.ts';
import type { DockerView } from './docker-view.ts';
import { createDockerWatch, DOCKER_SOCKET, type DockerWatch } from './docker-watch.ts';
import { createEventTeller, type EngineFact } from './engine-events.ts';
import { nodePorts } from './node-ports.ts';
import { createPortProbes } from './port-probes.ts';
import { createSwarmWatch } from './swarm-watch.ts';

/** What a watcher tells of a node, and only what has changed. */
export interface WatchObservation {
  dockerReady?: boolean;
  swarm?: SwarmRole;
  ports?: NodePort[];
}

export interface NodeWatchersDeps {
  /** A running node. */
  findNode: (sessionId: SessionId, node: string) => Pick<NodeHandle, 'connectUnix' | 'observe'> | undefined;
  /** Connects to a port of a node, to learn what it speaks. */
  connectPort: (sessionId: SessionId, node: string, port: number) => Promise<Socket>;
  observe: (sessionId: SessionId, node: string, observation: WatchObservation) => void;
  /** The kernel has killed in a node for want of memory. */
  onOom: (sessionId: SessionId, node: string) => void;
  /** An engine told of something that people want to read. */
  onEngineEvent: (sessionId: SessionId, node: string, fact: EngineFact) => void;
  /** A session's swarm has another picture. */
  onSwarm: (sessionId: SessionId, state: SwarmState) => void;
  /** What labs ask of the engines. */
  labs?: Pick<LabWatch, 'setEngine' | 'onEvent'>;
  clock: Clock;
}

export interface NodeWatchers {
  /** Follows the life of nodes: watches those that run. */
  onFact(fact: AgentFact): void;
  /** A session's swarm as it is now. */
  readSwarm(sessionId: SessionId): Promise<SwarmState>;
  /** The last picture of every session's swarm. */
  swarms(): [sessionId: SessionId, state: SwarmState][];
  close(): void;
}

interface Watched {
  sessionId: SessionId;
  name: string;
  docker?: DockerWatch;
  stopObserving?: () => void;
  sockets: readonly ListeningSocket[];
  view: DockerView | undefined;
  told: Required<WatchObservation>;
}

const NO_SWARM: SwarmRole = { role: 'none', leader: false };

/** Builds the watchers. */
export function createNodeWatchers(deps: NodeWatchersDeps): NodeWatchers {
  const { clock } = deps;
  const watched = new Map<string, Watched>();
  const swarm = createSwarmWatch({ clock, onSwarm: deps.onSwarm });
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

  function start(id: string, sessionId: SessionId, name: string): void {
    const handle = deps.findNode(sessionId, name);
    if (handle === undefined) return;
    const node: Watched = {
      sessionId,
      name,
      sockets: [],
      view: undefined,
      told: { dockerReady: false, swarm: NO_SWARM, ports: [] },
    };
    watched.set(id, node);
    node.stopObserving = handle.observe({
      onSockets(list) {
        node.sockets = list;
        tell(node);
        node.docker?.poke();
      },
      onOom: () => deps.onOom(sessionId, name),
    });
    const tellEvent = createEventTeller({
      clock,
      isLeader: () => node.view?.swarm.leader ?? false,
      tell: (fact) => deps.onEngineEvent(sessionId, name, fact),
    });
    const api = createDockerApi(() => handle.connectUnix(DOCKER_SOCKET));
    node.docker = createDockerWatch({
      api,
      clock,
      onView(view) {
        node.view = view;
        tell(node);
        if (view === undefined) swarm.remove(sessionId, name);
        else swarm.set(sessionId, name, api, view.swarm);
        deps.labs?.setEngine(sessionId, name, view && { api, isManager: view.swarm.role === 'manager' });
      },
      onEvent(event) {
        swarm.poke(sessionId);
        deps.labs?.onEvent(sessionId, name, event);
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
    deps.labs?.setEngine(node.sessionId, node.name, undefined);
    node.stopObserving?.();
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
    },
  };
}
