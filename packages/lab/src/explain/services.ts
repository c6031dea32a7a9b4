/** What keeps a service from running as it should: its tasks say it. */
import { showMatch } from '../checks/match.ts';
import type { Leaf } from '../checks/plan.ts';
import type { Item } from '../evaluate/item.ts';
import type { Facts, SwarmFacts } from '../facts/facts.ts';
import { nearestName } from '../findings/nearest.ts';
import { type Explanation, explained } from './explanation.ts';

/** A service (stack, secret…) that is missing for a reason of its own; or a container that is one of a service. */
export function missingService(leaf: Leaf, name: string, { swarm, nodes }: Facts): Explanation | undefined {
  const { kind } = leaf.subject;
  if (kind === 'container') {
    const service = swarm?.services.find((one) => one.name === name);
    return service === undefined ? undefined : explained(leaf, 'container.is-service', { name });
  }
  if (kind === 'service') {
    for (const [node, { containers }] of Object.entries(nodes)) {
      if (containers?.some((one) => one.name === name) === true)
        return explained(leaf, 'service.is-container', { name, node });
    }
  }
  const isOfSwarm = kind === 'service' || kind === 'stack' || kind === 'secret' || kind === 'config' || kind === 'task';
  return swarm === null && isOfSwarm ? explained(leaf, 'service.no-swarm', { kind }) : undefined;
}

/** Why `condition` of a service that is there does not hold, where its tasks or its update tell. */
export function serviceWhy(
  leaf: Leaf,
  item: Item,
  condition: string | undefined,
  facts: Facts,
): Explanation | undefined {
  const { swarm } = facts;
  const service = swarm?.services.find(({ name }) => name === item.name);
  if (swarm === undefined || swarm === null || service === undefined) return undefined;
  const match = condition === undefined ? undefined : leaf.want[condition];
  if (condition === 'update' && /pause/.test(String(item.values.update)))
    return explained(leaf, 'service.update.paused', { name: item.name });
  if (match === undefined || (condition !== 'running' && condition !== 'spread')) return undefined;
  const have = Number(item.values.running);
  const replicas = service.replicas ?? 1;
  const isFull = have >= replicas && service.replicas !== null;
  if (condition === 'spread' && isFull) return undefined;
  if (isFull)
    return explained(leaf, 'service.replicas', { name: item.name, have: replicas, want: showMatch(match) }, have);
  const args = { have, wanted: replicas, count: Math.max(1, replicas - have) };
  const error = newestError(swarm, service.id);
  if (error === undefined) {
    const isOnWay = swarm.tasks.some(
      ({ serviceId, desired, state }) => serviceId === service.id && desired === 'running' && state !== 'running',
    );
    return explained(leaf, isOnWay ? 'service.running.starting' : 'service.running', args, have);
  }
  return errorWhy(leaf, args, error, service, facts, swarm);
}

/** The error of the task that changed last. */
function newestError(swarm: SwarmFacts, serviceId: string): string | undefined {
  const failed = swarm.tasks.filter((task) => task.serviceId === serviceId && task.error !== null && task.error !== '');
  return failed.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]?.error ?? undefined;
}

type Args = { have: number; wanted: number; count: number };

function errorWhy(
  leaf: Leaf,
  args: Args,
  error: string,
  service: SwarmFacts['services'][number],
  facts: Facts,
  swarm: SwarmFacts,
): Explanation {
  if (/no such image|not found|pull access denied|manifest unknown|repository does not exist/i.test(error)) {
    const image = service.image.replace(/@sha256:[0-9a-f]+$/, '');
    const nearest = nearestImage(image, facts);
    const id = nearest === undefined ? 'service.running.image-unknown' : 'service.running.image';
    return explained(leaf, id, { ...args, image, nearest }, args.have);
  }
  if (/no suitable node/i.test(error)) {
    if (/host-mode port|port already in use/i.test(error)) return portTaken(leaf, args, service, facts);
    const constraint = /scheduling constraints not satisfied/i.test(error)
      ? service.constraints?.join(', ')
      : undefined;
    if (constraint !== undefined) return explained(leaf, 'service.running.no-node', { ...args, constraint }, args.have);
    const closed = [...swarm.managers, ...swarm.workers].filter(({ availability }) => availability !== 'active');
    if (closed.length > 0)
      return explained(
        leaf,
        'service.running.drained',
        { ...args, nodes: closed.map(({ name }) => name).join(', ') },
        args.have,
      );
  }
  if (/address already in use|port is already allocated|already in use by service/i.test(error))
    return portTaken(leaf, args, service, facts);
  return explained(leaf, 'service.running.error', { ...args, error: error.replace(/\.$/, '') }, args.have);
}

function portTaken(
  leaf: Leaf,
  args: Args,
  service: SwarmFacts['services'][number],
  { nodes, swarm }: Facts,
): Explanation {
  const ports = service.ports.map(({ published }) => published);
  for (const other of swarm?.services ?? []) {
    const port =
      other.id === service.id ? undefined : other.ports.find(({ published }) => ports.includes(published))?.published;
    if (port !== undefined)
      return explained(leaf, 'service.running.port', { ...args, port, holder: other.name }, args.have);
  }
  for (const { containers = [] } of Object.values(nodes)) {
    for (const { name, publishes = [], state } of containers) {
      const port = publishes.find((one) => ports.includes(one.port))?.port;
      if (port !== undefined && state === 'running')
        return explained(leaf, 'service.running.port', { ...args, port, holder: name }, args.have);
    }
  }
  return explained(
    leaf,
    'service.running.port',
    { ...args, port: ports[0] ?? '', holder: 'another program' },
    args.have,
  );
}

/** A colon before the last slash is of a registry's port. */
function splitImage(image: string): [repository: string, tag?: string] {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon + 1)] : [image];
}

/** The image that was probably meant: one that a node has. */
export function nearestImage(image: string, { nodes }: Facts): string | undefined {
  const [repository, tag = 'latest'] = splitImage(image);
  const tags = Object.values(nodes).flatMap(({ images = [] }) => images.flatMap((one) => one.tags));
  const sameRepository = tags.find((one) => one.startsWith(`${repository}:`) && one !== `${repository}:${tag}`);
  if (sameRepository !== undefined) return sameRepository;
  return nearestName(
    repository,
    tags.map((one) => splitImage(one)[0]),
  );
}
