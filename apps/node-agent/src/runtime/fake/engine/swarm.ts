/** A swarm that is played: nodes, services and tasks in memory, enough for the map, the timeline and the ports to move. */
import { type Engine, newId, type Service, type Swarm, type Task } from './model.ts';

/** A task is on its way this long (ms), so that the map has something to show. */
const TASK_START_MS = 400;
/** Tasks of one service: more than a map can show. */
export const MOST_REPLICAS = 50;

/** Makes a swarm whose first manager is `first`. */
export function createSwarm(first: Engine): Swarm {
  const members = new Map<Engine, 'manager' | 'worker'>([[first, 'manager']]);
  const services = new Map<string, Service>();
  let tasks: Task[] = [];
  const secret = `SWMTKN-1-${newId()}`;
  const tokens = { manager: `${secret}-manager`, worker: `${secret}-worker` };
  const leader = () => [...members].find(([, role]) => role === 'manager')?.[0];

  function tell(type: string, action: string, id: string, attributes: Record<string, string>): void {
    for (const [engine, role] of members) if (role === 'manager') engine.tell(type, action, id, attributes);
  }

  function changed(): void {
    for (const engine of members.keys()) engine.portsChanged();
  }

  /** Starts and ends tasks until each service has what it wants; a new one goes where the fewest are. */
  function settle(): void {
    tasks = tasks.filter(({ engine, service }) => members.has(engine) && services.get(service.name) === service);
    for (const service of services.values()) {
      const own = tasks.filter((task) => task.service === service);
      for (const task of own.slice(service.replicas)) tasks.splice(tasks.indexOf(task), 1);
      for (let slot = own.length + 1; slot <= service.replicas; slot += 1) startTask(service, slot);
    }
    changed();
  }

  function startTask(service: Service, slot: number): void {
    const load = (engine: Engine) => tasks.filter((task) => task.engine === engine).length;
    const [engine] = [...members.keys()].sort((one, other) => load(one) - load(other));
    if (engine === undefined) return;
    const task: Task = { id: newId(), service, engine, slot, state: 'starting', updatedAt: new Date() };
    tasks.push(task);
    setTimeout(() => {
      if (!tasks.includes(task)) return;
      task.state = 'running';
      task.updatedAt = new Date();
      const name = `${service.name}.${slot}`;
      engine.tell('container', 'start', task.id, { name, image: service.image });
    }, TASK_START_MS).unref();
  }

  return {
    tokens,
    leader,
    members,
    services,
    tasks: () => tasks,
    join(engine, token) {
      const role = token === tokens.manager ? 'manager' : 'worker';
      members.set(engine, role);
      tell('node', 'create', engine.id, { name: engine.hostname() });
      changed();
      return role;
    },
    leave(engine) {
      members.delete(engine);
      tell('node', 'remove', engine.id, { name: engine.hostname() });
      settle();
      engine.portsChanged();
    },
    create(wanted) {
      const service = { ...wanted, id: newId(), createdAt: new Date() };
      services.set(service.name, service);
      tell('service', 'create', service.id, { name: service.name });
      settle();
      return service;
    },
    scale(name, replicas) {
      const service = services.get(name);
      if (service === undefined) return;
      const attributes = { name, 'replicas.old': String(service.replicas), 'replicas.new': String(replicas) };
      service.replicas = replicas;
      tell('service', 'update', service.id, attributes);
      settle();
    },
    remove(name) {
      const service = services.get(name);
      services.delete(name);
      if (service) tell('service', 'remove', service.id, { name });
      settle();
    },
  };
}
