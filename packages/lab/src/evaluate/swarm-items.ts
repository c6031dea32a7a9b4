/** The swarm's picture as items. */
import type { SwarmFacts } from '../facts/facts.ts';
import { type Item, imageNames } from './item.ts';

export function swarmItem(swarm: SwarmFacts | null): Item[] {
  if (swarm === null) return [];
  const all = [...swarm.managers, ...swarm.workers];
  return [
    {
      name: '',
      values: {
        managers: swarm.managers.length,
        workers: swarm.workers.length,
        ready: all.filter(({ state }) => state === 'ready').length,
        leader: swarm.leader ?? undefined,
      },
    },
  ];
}

export function serviceItems(swarm: SwarmFacts | null): Item[] {
  if (swarm === null) return [];
  const names = new Map(swarm.networks.map(({ id, name }) => [id, name]));
  return swarm.services.map((service) => {
    const running = swarm.tasks.filter(
      ({ serviceId, state, desired }) => serviceId === service.id && state === 'running' && desired === 'running',
    );
    const stack = service.labels?.['com.docker.stack.namespace'];
    return {
      name: service.name,
      ...(stack === undefined ? {} : { names: [service.name, service.name.slice(stack.length + 1)] }),
      values: {
        image: imageNames(service.image),
        mode: service.mode,
        replicas: service.replicas ?? undefined,
        running: running.length,
        publishes: service.ports.flatMap(({ published, target }) => [published, `${published}:${target}`]),
        network: service.networks.map((id) => names.get(id) ?? id),
        secret: service.secrets,
        config: service.configs,
        mount: service.mounts?.flatMap(({ source, target }) => [source, target, `${source}:${target}`]),
        constraint: service.constraints && [
          ...new Set(service.constraints.flatMap((text) => [text, text.replace(/\s+/g, '')])),
        ],
        limits: service.limits,
        env: service.env,
        label: service.labels ?? {},
        update: service.update ?? undefined,
        spread: new Set(running.map(({ nodeId }) => nodeId)).size,
      },
    };
  });
}

export function taskItems(swarm: SwarmFacts | null): Item[] {
  if (swarm === null) return [];
  const services = new Map(swarm.services.map(({ id, name }) => [id, name]));
  const nodes = new Map([...swarm.managers, ...swarm.workers].map(({ id, name }) => [id, name]));
  return swarm.tasks.map((task) => {
    const service = services.get(task.serviceId) ?? task.serviceId;
    const node = task.nodeId === null ? undefined : nodes.get(task.nodeId);
    return {
      name: `${service}.${task.slot ?? node ?? ''}`,
      ...(node === undefined ? {} : { node }),
      values: { of: service, state: task.state, error: task.error ?? undefined },
    };
  });
}
