/** The part of the Docker Engine API that the watchers ask for (watch/docker-view.ts, watch/swarm-view.ts), and the fake docker's own call. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { runDocker } from './cli.ts';
import { type Engine, EngineRefusal, type Swarm, type Task } from './model.ts';

/** Of the fake docker's arguments (bytes). */
const MAX_BODY = 64 * 1024;
const argumentsSchema = z.array(z.string());

const INGRESS = { Id: 'ingress', Name: 'ingress', Driver: 'overlay', Ingress: true, Scope: 'swarm' };

function swarmNode(swarm: Swarm, engine: Engine) {
  const role = swarm.members.get(engine) ?? 'worker';
  const status = { State: 'ready', Addr: engine.address() };
  const manager = { Leader: swarm.leader() === engine, Reachability: 'reachable', Addr: `${engine.address()}:2377` };
  return {
    ID: engine.id,
    Spec: { Role: role, Availability: 'active' },
    Description: { Hostname: engine.hostname() },
    Status: status,
    ...(role === 'manager' ? { ManagerStatus: manager } : {}),
  };
}

function swarmTask({ id, service, engine, slot, state, updatedAt }: Task) {
  return {
    ID: id,
    UpdatedAt: updatedAt.toISOString(),
    ServiceID: service.id,
    NodeID: engine.id,
    Slot: slot,
    DesiredState: 'running',
    Spec: { ContainerSpec: { Image: service.image } },
    Status: { State: state, ContainerStatus: { ContainerID: id } },
  };
}

function info(engine: Engine) {
  const role = engine.swarm()?.members.get(engine);
  const state = role === undefined ? 'inactive' : 'active';
  return {
    Name: engine.hostname(),
    Swarm: { LocalNodeState: state, ControlAvailable: role === 'manager', NodeID: role === undefined ? '' : engine.id },
  };
}

/** What a GET answers; undefined: there is no such thing. */
function answer(engine: Engine, path: string): unknown {
  const swarm = engine.swarm();
  if (path === '/info') return info(engine);
  if (path === '/containers/json') {
    return [...engine.containers.values()]
      .filter(({ isRunning }) => isRunning)
      .map(({ id, name, image, ports }) => ({
        Id: id,
        Names: [`/${name}`],
        Image: image,
        Labels: {},
        Ports: ports.map(({ published, target }) => ({
          IP: '0.0.0.0',
          PrivatePort: target,
          PublicPort: published,
          Type: 'tcp',
        })),
      }));
  }
  if (swarm === undefined) return undefined;
  if (path === '/networks/ingress') {
    const services = [...swarm.services.values()].map(({ name, ports }) => [
      name,
      { Ports: ports.map(({ published, target }) => `Target: ${target}, Publish: ${published}`) },
    ]);
    return { ...INGRESS, Services: Object.fromEntries(services) };
  }
  if (path === '/networks') return [INGRESS];
  if (path === '/nodes') return [...swarm.members.keys()].map((member) => swarmNode(swarm, member));
  if (path === '/tasks') return swarm.tasks().map(swarmTask);
  if (path === '/services') {
    return [...swarm.services.values()].map(({ id, name, image, replicas, ports, createdAt }) => ({
      ID: id,
      CreatedAt: createdAt.toISOString(),
      Spec: {
        Name: name,
        Mode: { Replicated: { Replicas: replicas } },
        TaskTemplate: { ContainerSpec: { Image: image } },
      },
      Endpoint: {
        Ports: ports.map(({ published, target }) => ({
          PublishedPort: published,
          TargetPort: target,
          Protocol: 'tcp',
          PublishMode: 'ingress',
        })),
      },
    }));
  }
  const member = [...swarm.members.keys()].find(({ id }) => path === `/nodes/${id}`);
  return member && swarmNode(swarm, member);
}

async function command(engine: Engine, request: IncomingMessage): Promise<{ exitCode: number; text: string }> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) return { exitCode: 1, text: 'too many arguments\n' };
  }
  try {
    return { exitCode: 0, text: runDocker(engine, argumentsSchema.parse(JSON.parse(body))) };
  } catch (error) {
    if (error instanceof EngineRefusal) return { exitCode: 1, text: `${error.message}\n` };
    throw error;
  }
}

/** Answers what comes to an engine's socket. */
export const serveEngine = (engine: Engine) => (request: IncomingMessage, response: ServerResponse) => {
  const { pathname } = new URL(request.url ?? '/', 'http://docker');
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (pathname === '/_ping') return void response.end('OK');
  if (pathname === '/fake/docker') {
    return void command(engine, request).then(
      (said) => json(200, said),
      (error: unknown) => json(200, { exitCode: 1, text: `${String(error)}\n` }),
    );
  }
  if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const stop = engine.onEvent((event) => response.write(`${JSON.stringify(event)}\n`));
    return void response.once('close', stop);
  }
  const found = answer(engine, pathname);
  if (found === undefined) return void json(404, { message: 'This fake node has no such thing.' });
  json(200, found);
};
