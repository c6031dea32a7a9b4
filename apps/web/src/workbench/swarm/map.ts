/** The swarm as the map shows it: nodes with their tasks, services with their progress, overlays with who is on them. Free of React. */
import type { SwarmNode, SwarmService, SwarmTask, SwarmView } from '@drydock/protocol';

/** What is becoming of a task, in the few steps that a person tells apart. */
export type Phase = 'waiting' | 'starting' | 'running' | 'stopping' | 'done' | 'failed';

/** All of them, in the order of a task's life. */
export const PHASES: readonly Phase[] = ['waiting', 'starting', 'running', 'stopping', 'done', 'failed'];

export interface MapTask {
  task: SwarmTask;
  /** `web.3`; a global service's tasks are named by their nodes instead. */
  name: string;
  phase: Phase;
  /** The image's tag, by which an update is seen. */
  version: string;
  /** Place of the service in the order of their making: its colour and its mark. */
  colour: number;
}

export interface MapNode {
  node: SwarmNode;
  role: 'leader' | 'manager' | 'worker';
  tasks: MapTask[];
}

export interface MapService {
  service: SwarmService;
  colour: number;
  running: number;
  /** Wanted tasks; for global services as many as there are. */
  wanted: number;
  /** Tasks that run the service's image of now, while an update is under way; null otherwise. */
  updated: number | null;
}

export interface MapNetwork {
  id: string;
  name: string;
  subnets: string[];
  ingress: boolean;
  attachable: boolean;
  encrypted: boolean;
  /** Services on it, with the number of their tasks there. */
  services: { name: string; colour: number; tasks: number }[];
  /** Containers that were attached by hand. */
  others: number;
}

export interface SwarmMap {
  nodes: MapNode[];
  /** Tasks that no node has taken. */
  waiting: MapTask[];
  services: MapService[];
  networks: MapNetwork[];
  /** Tasks that are shown. */
  count: number;
}

/** How many colours there are; services beyond share them, and are told apart by their names. */
export const COLOURS = 8;
/** How long a task that ended as it should is still shown (ms): an update is then a movement, not a jump. */
const DONE_SHOWN_MS = 8_000;
/** Failed tasks that one node shows at most, the latest: a service that crashes in a loop would push everything else away. */
const FAILED_SHOWN = 4;

const FAILED: ReadonlySet<string> = new Set(['failed', 'rejected', 'orphaned']);
const WAITING: ReadonlySet<string> = new Set(['new', 'allocated', 'pending']);
const ENDED: ReadonlySet<string> = new Set(['complete', 'shutdown', 'remove']);

/** The phase of a task by docker's state of it and the state that docker wants. */
export function phaseOf({ state, desired }: Pick<SwarmTask, 'state' | 'desired'>): Phase {
  if (FAILED.has(state)) return 'failed';
  if (ENDED.has(state)) return 'done';
  if (desired !== 'running' && desired !== 'ready' && desired !== 'complete') return 'stopping';
  if (WAITING.has(state)) return 'waiting';
  return state === 'running' ? 'running' : 'starting';
}

/** `2` of `drydock/web:2`; the repository's last part where there is no tag. */
export function versionOf(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const at = last.indexOf(':');
  return at === -1 ? last : last.slice(at + 1);
}

const UPDATING = /^(updating|rollback_started|paused|rollback_paused)$/;

/** The map of a picture at `now` (ms since the epoch, by the server's clock). */
export function swarmMap(view: SwarmView, now: number): SwarmMap {
  const ordered = [...view.services].sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
  const colours = new Map(ordered.map(({ id }, at) => [id, at % COLOURS]));
  const services = new Map(ordered.map((service) => [service.id, service]));

  function mapTask(task: SwarmTask): MapTask {
    const service = services.get(task.serviceId);
    const name = service?.name ?? (task.containerId?.slice(0, 12) || task.id.slice(0, 8));
    return {
      task,
      name: task.slot ? `${name}.${task.slot}` : name,
      phase: phaseOf(task),
      version: versionOf(task.image),
      colour: colours.get(task.serviceId) ?? -1,
    };
  }

  const shown = view.tasks
    .map(mapTask)
    // Attachments of containers are no tasks that anybody placed; they count among a network's others.
    .filter(({ task, phase }) => task.serviceId !== '' && (phase !== 'done' || task.updatedAt > now - DONE_SHOWN_MS))
    .sort(byPlace);

  const mapNode = (role: MapNode['role']) => (node: SwarmNode) => {
    const mine = shown.filter(({ task }) => task.nodeId === node.id);
    const failed = mine.filter(({ phase }) => phase === 'failed').sort((a, b) => b.task.updatedAt - a.task.updatedAt);
    const left = new Set(failed.slice(FAILED_SHOWN));
    return { node, role, tasks: mine.filter((task) => !left.has(task)) };
  };
  const byName = (a: MapNode, b: MapNode) => a.node.name.localeCompare(b.node.name, 'en', { numeric: true });
  const managers = view.managers.map((node) => mapNode(node.name === view.leader ? 'leader' : 'manager')(node));
  const nodes = [...managers.sort(byName), ...view.workers.map(mapNode('worker')).sort(byName)];
  const waiting = shown.filter(({ task }) => task.nodeId === null);

  return {
    nodes,
    waiting,
    services: ordered.map((service) => mapService(service, colours.get(service.id) ?? 0, shown)),
    networks: view.networks.map((network) => {
      const on = view.tasks.filter(
        ({ networks, state, desired }) =>
          networks?.some(({ id }) => id === network.id) && phaseOf({ state, desired }) === 'running',
      );
      const { id, name, subnets, ingress, attachable, encrypted = false } = network;
      const members = ordered
        .map((service) => ({
          name: service.name,
          colour: colours.get(service.id) ?? 0,
          tasks: on.filter(({ serviceId }) => serviceId === service.id).length,
          named: service.networks.includes(id),
        }))
        .filter(({ tasks, named }) => tasks > 0 || named);
      return {
        id,
        name,
        subnets,
        ingress,
        attachable,
        encrypted,
        services: members.map(({ named: _named, ...member }) => member),
        others: on.filter(({ serviceId }) => serviceId === '').length,
      };
    }),
    count: waiting.length + nodes.reduce((sum, { tasks }) => sum + tasks.length, 0),
  };
}

function byPlace(a: MapTask, b: MapTask): number {
  return (
    a.colour - b.colour ||
    (a.task.slot ?? 0) - (b.task.slot ?? 0) ||
    b.task.updatedAt - a.task.updatedAt ||
    a.task.id.localeCompare(b.task.id)
  );
}

function mapService(service: SwarmService, colour: number, shown: readonly MapTask[]): MapService {
  const mine = shown.filter(({ task }) => task.serviceId === service.id);
  const running = mine.filter(({ phase }) => phase === 'running');
  const wanted = service.replicas ?? mine.filter(({ task }) => task.desired === 'running').length;
  const isUpdating = UPDATING.test(service.update ?? '');
  const updated = isUpdating ? running.filter(({ task }) => task.image === service.image).length : null;
  return { service, colour, running: running.length, wanted, updated };
}
