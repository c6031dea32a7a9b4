/** The Docker engine that a fake node plays: containers are words, and a published port answers with a line of text. Nothing is run. */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  type Container,
  type Engine,
  type EngineEvent,
  EngineRefusal,
  newId,
  type PublishedPort,
  type Swarm,
} from './model.ts';
import { createSwarm } from './swarm.ts';

/** Containers of one node. */
const MOST_CONTAINERS = 200;

export interface EngineDeps {
  /** The node's root directory by now. */
  home: () => string;
  /** Name and address, as the node was told them. */
  identity: () => { name: string; ip: string };
  /** Engines of the same session, this one included. */
  peers: () => readonly Engine[];
}

/** Builds it; `serve` answers what comes to its socket. */
export function createEngine(
  { home, identity, peers }: EngineDeps,
  serve: (engine: Engine) => (request: IncomingMessage, response: ServerResponse) => void,
): Engine {
  const containers = new Map<string, Container>();
  const events = new Set<(event: EngineEvent) => void>();
  const ports = new Set<() => void>();
  const servers: Server[] = [];
  let swarm: Swarm | undefined;

  function find(name: string): Container {
    const found = containers.get(name) ?? [...containers.values()].find(({ id }) => id.startsWith(name));
    if (!found) throw new EngineRefusal(`Error response from daemon: No such container: ${name}`);
    return found;
  }

  /** An agent that was killed has left its sockets. A path that is too long for a socket (107 characters) makes an engine that does not answer. */
  function listen(server: Server, name: string): void {
    const path = join(home(), 'run', name);
    rmSync(path, { force: true });
    servers.push(server.on('error', () => undefined));
    server.listen(path);
  }

  /** Who answers at a published port: a container of this node, or a service of its swarm. */
  function holder(port: number): { name: string; image: string } | undefined {
    const holds = ({ ports }: { ports: readonly PublishedPort[] }) => ports.some(({ published }) => published === port);
    return (
      [...containers.values()].find((container) => container.isRunning && holds(container)) ??
      [...(swarm?.services.values() ?? [])].find(holds)
    );
  }

  const web = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(
      `Hello from ${engine.hostname()} (${request.url}). Nothing runs behind this port: the node is a fake.\n`,
    );
  });
  listen(web, 'web.sock');

  const engine: Engine = {
    id: newId(),
    hostname: () => identity().name,
    address: () => identity().ip,
    containers,
    swarm: () => swarm,
    run({ name, image, ports: wanted }) {
      if (containers.size >= MOST_CONTAINERS)
        throw new EngineRefusal('Error response from daemon: too many containers');
      const id = newId();
      const own = name ?? `fake_${id.slice(0, 6)}`;
      if (containers.has(own)) {
        throw new EngineRefusal(
          `Error response from daemon: Conflict. The container name "/${own}" is already in use.`,
        );
      }
      for (const { published } of wanted) {
        if (holder(published)) {
          throw new EngineRefusal(
            `Error response from daemon: Bind for 0.0.0.0:${published} failed: port is already allocated`,
          );
        }
      }
      const container = { id, name: own, image, ports: wanted, isRunning: true, createdAt: new Date() };
      containers.set(own, container);
      engine.tell('container', 'start', id, { name: own, image });
      engine.portsChanged();
      return container;
    },
    stop(name) {
      const container = find(name);
      if (container.isRunning) {
        container.isRunning = false;
        engine.tell('container', 'die', container.id, { name: container.name, image: container.image, exitCode: '0' });
        engine.portsChanged();
      }
      return container;
    },
    remove(name) {
      const container = engine.stop(name);
      containers.delete(container.name);
      engine.tell('container', 'destroy', container.id, { name: container.name, image: container.image });
      return container;
    },
    initSwarm() {
      if (swarm) throw new EngineRefusal('Error response from daemon: This node is already part of a swarm.');
      swarm = createSwarm(engine);
      engine.tell('node', 'update', engine.id, { name: engine.hostname() });
      return swarm;
    },
    joinSwarm(token) {
      if (swarm) throw new EngineRefusal('Error response from daemon: This node is already part of a swarm.');
      const found = peers().find((peer) => Object.values(peer.swarm()?.tokens ?? {}).includes(token));
      swarm = found?.swarm();
      if (!swarm) throw new EngineRefusal('Error response from daemon: invalid join token');
      return swarm.join(engine, token);
    },
    leaveSwarm() {
      const left = swarm;
      if (!left) throw new EngineRefusal('Error response from daemon: This node is not part of a swarm');
      swarm = undefined;
      left.leave(engine);
    },
    tell(type, action, id, attributes) {
      const event = { Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, time: Date.now() / 1000 };
      for (const listener of events) listener(event);
    },
    portsChanged() {
      for (const listener of ports) listener();
    },
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    onPorts(listener) {
      ports.add(listener);
      return () => ports.delete(listener);
    },
    sockets() {
      const own = [...containers.values()].flatMap((one) => (one.isRunning ? one.ports : []));
      const all = [...(swarm?.services.values() ?? [])].flatMap((service) => service.ports);
      const socket = (program: string) => (port: PublishedPort) =>
        ({ protocol: 'tcp', port: port.published, reach: 'any', program }) as const;
      return [...own.map(socket('docker-proxy')), ...all.map(socket('swarm-mesh'))];
    },
    connectTcp(port) {
      return new Promise((resolve, reject) => {
        if (!holder(port)) return reject(Object.assign(new Error('nothing listens'), { code: 'ECONNREFUSED' }));
        const socket = connect({ path: join(home(), 'run', 'web.sock'), allowHalfOpen: true });
        socket.once('error', reject).once('connect', () => resolve(socket.off('error', reject)));
      });
    },
    close() {
      if (swarm) engine.leaveSwarm();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  listen(createServer(serve(engine)), 'docker.sock');
  return engine;
}
