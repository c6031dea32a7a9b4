/** A managing node's engine's answers about its swarm as the contract's view. They come out of a learner's node: every field is parsed, none is trusted. */
import { type SwarmNode, type SwarmTask, type SwarmView, swarmViewSchema } from '@drydock/protocol';
import { z } from 'zod';
import type { DockerApi } from './docker-api.ts';

/** Tasks that one picture holds at most: more than a page can show, and a message stays below a megabyte. */
export const MAX_TASKS = 1000;
/** How long ended tasks stay in the picture (ms): long enough to see what failed, and to see an update pass. */
const ENDED_SHOWN_MS = 120_000;
/** Without a leader an engine lets its callers wait for 20 s. */
const ASK_MS = 8_000;

const text = z.string().nullish();
const nodesSchema = z.array(
  z.object({
    ID: z.string(),
    Spec: z.object({ Role: text, Availability: text }),
    Description: z.object({ Hostname: text }).nullish(),
    Status: z.object({ State: text, Addr: text }).nullish(),
    ManagerStatus: z.object({ Leader: z.boolean().nullish(), Reachability: text, Addr: text }).nullish(),
  }),
);
const targetsSchema = z.array(z.object({ Target: z.string() })).nullish();
const servicesSchema = z.array(
  z.object({
    ID: z.string(),
    CreatedAt: text,
    Spec: z.object({
      Name: text,
      Mode: z.record(z.string(), z.object({ Replicas: z.number().nullish() }).nullish()).nullish(),
      Networks: targetsSchema,
      TaskTemplate: z.object({ ContainerSpec: z.object({ Image: text }).nullish(), Networks: targetsSchema }).nullish(),
    }),
    Endpoint: z
      .object({
        Ports: z
          .array(
            z.object({
              PublishedPort: z.number().nullish(),
              TargetPort: z.number().nullish(),
              Protocol: text,
              PublishMode: text,
            }),
          )
          .nullish(),
      })
      .nullish(),
    UpdateStatus: z.object({ State: text }).nullish(),
  }),
);
const tasksSchema = z.array(
  z.object({
    ID: z.string(),
    UpdatedAt: text,
    ServiceID: text,
    NodeID: text,
    Slot: z.number().nullish(),
    DesiredState: text,
    Spec: z.object({ ContainerSpec: z.object({ Image: text }).nullish() }).nullish(),
    Status: z.object({ State: text, Err: text, ContainerStatus: z.object({ ContainerID: text }).nullish() }).nullish(),
    NetworksAttachments: z
      .array(z.object({ Network: z.object({ ID: z.string() }).nullish(), Addresses: z.array(z.string()).nullish() }))
      .nullish(),
  }),
);
const networksSchema = z.array(
  z.object({
    Id: z.string(),
    Name: text,
    Driver: text,
    Ingress: z.boolean().nullish(),
    Attachable: z.boolean().nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: text })).nullish() }).nullish(),
  }),
);

/** Everything that the picture is made of, as the engine answered. */
export interface SwarmAnswers {
  nodes: unknown;
  services: unknown;
  tasks: unknown;
  networks: unknown;
}

/** Asks a managing node's engine. @throws EngineError with the engine's own words, or any error when it is away or talks nonsense. */
export async function readSwarm(api: DockerApi, now: number): Promise<SwarmView> {
  const get = (path: string) => api.get(path, ASK_MS);
  const scope = encodeURIComponent('{"scope":["swarm"]}');
  const [nodes, services, tasks, networks] = await Promise.all([
    get('/nodes'),
    get('/services'),
    get('/tasks'),
    get(`/networks?filters=${scope}`),
  ]);
  return parseSwarm({ nodes, services, tasks, networks }, now);
}

const timeOf = (iso: string | null | undefined) => {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? 0 : time;
};
/** `repository:tag@sha256:...` without the digest, which nobody reads. */
const imageOf = (image: string | null | undefined) => (image ?? '').replace(/@sha256:[0-9a-f]+$/, '');

function oneOf<T extends string>(values: readonly T[], value: string | null | undefined, otherwise: T): T {
  return values.find((candidate) => candidate === value) ?? otherwise;
}

function nodeOf(node: z.output<typeof nodesSchema>[number]): SwarmNode {
  const common = {
    id: node.ID,
    name: node.Description?.Hostname ?? '',
    // A manager tells 0.0.0.0 of itself in Status; its address is in ManagerStatus.
    ip: node.ManagerStatus?.Addr?.replace(/:\d+$/, '') ?? node.Status?.Addr ?? '',
    state: oneOf(['ready', 'down', 'disconnected', 'unknown'] as const, node.Status?.State, 'unknown'),
    availability: oneOf(['active', 'pause', 'drain'] as const, node.Spec.Availability, 'active'),
  };
  if (node.ManagerStatus == null) return common;
  const reachability = node.ManagerStatus.Reachability;
  return { ...common, reachability: oneOf(['reachable', 'unreachable', 'unknown'] as const, reachability, 'unknown') };
}

function taskOf(task: z.output<typeof tasksSchema>[number]): SwarmTask {
  return {
    id: task.ID,
    serviceId: task.ServiceID ?? '',
    nodeId: task.NodeID || null,
    slot: task.Slot ?? null,
    state: task.Status?.State ?? '',
    desired: task.DesiredState ?? '',
    image: imageOf(task.Spec?.ContainerSpec?.Image),
    error: task.Status?.Err ? task.Status.Err.slice(0, 1024) : null,
    containerId: task.Status?.ContainerStatus?.ContainerID || null,
    networks: (task.NetworksAttachments ?? []).flatMap(({ Network, Addresses }) =>
      Network == null ? [] : [{ id: Network.ID, address: (Addresses?.[0] ?? '').replace(/\/\d+$/, '') }],
    ),
    updatedAt: timeOf(task.UpdatedAt),
  };
}

/** The picture; ended tasks only while they are news at `now` (ms since the epoch). @throws ZodError when the answers are something else. */
export function parseSwarm(answers: SwarmAnswers, now: number): SwarmView {
  const nodes = nodesSchema.parse(answers.nodes);
  const tasks = tasksSchema
    .parse(answers.tasks)
    .map(taskOf)
    .filter((task) => task.desired === 'running' || task.updatedAt > now - ENDED_SHOWN_MS)
    // What is meant to run comes first where not all fit.
    .sort((a, b) => Number(b.desired === 'running') - Number(a.desired === 'running') || a.id.localeCompare(b.id));
  return swarmViewSchema.parse({
    managers: nodes.filter(({ Spec }) => Spec.Role === 'manager').map(nodeOf),
    workers: nodes.filter(({ Spec }) => Spec.Role !== 'manager').map(nodeOf),
    leader: nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader)?.Description?.Hostname ?? null,
    services: servicesSchema.parse(answers.services).map(({ ID, CreatedAt, Spec, Endpoint, UpdateStatus }) => {
      const [mode = 'Replicated', wanted] = Object.entries(Spec.Mode ?? {})[0] ?? [];
      return {
        id: ID,
        name: Spec.Name ?? '',
        image: imageOf(Spec.TaskTemplate?.ContainerSpec?.Image),
        mode: mode.toLowerCase(),
        replicas: wanted?.Replicas ?? null,
        ports: (Endpoint?.Ports ?? []).map((port) => ({
          published: port.PublishedPort ?? 0,
          target: port.TargetPort ?? 0,
          protocol: port.Protocol ?? 'tcp',
          mode: oneOf(['ingress', 'host'] as const, port.PublishMode, 'ingress'),
        })),
        networks: (Spec.TaskTemplate?.Networks ?? Spec.Networks ?? []).map(({ Target }) => Target),
        update: UpdateStatus?.State ?? null,
        createdAt: timeOf(CreatedAt),
      };
    }),
    tasks: tasks.slice(0, MAX_TASKS),
    networks: networksSchema.parse(answers.networks).map((network) => ({
      id: network.Id,
      name: network.Name ?? '',
      driver: network.Driver ?? '',
      ingress: network.Ingress ?? false,
      attachable: network.Attachable ?? false,
      // The option alone asks for it, as the overlay driver reads it: `-o encrypted` has an empty value.
      ...(network.Options?.encrypted === undefined || network.Options.encrypted === 'false' ? {} : { encrypted: true }),
      subnets: (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet ? [Subnet] : [])),
    })),
  });
}
