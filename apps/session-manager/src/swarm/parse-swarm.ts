/** The engine's answers as the contract's view. They come out of a learner's node: every field is parsed, none is trusted. */
import { DrydockError, type SwarmNode, type SwarmView, swarmViewSchema } from '@drydock/protocol';
import { z } from 'zod';

const text = z.string().nullish();
const engineNode = z.object({
  ID: z.string(),
  Hostname: text,
  State: text,
  Addr: text,
  Spec: z.object({ Role: text, Availability: text }),
  ManagerStatus: z.object({ Leader: z.boolean().nullish(), Reachability: text, Addr: text }).nullish(),
});
const enginePort = z.object({
  PublishedPort: z.number().nullish(),
  TargetPort: z.number().nullish(),
  Protocol: text,
  PublishMode: text,
});
const engineService = z.object({
  ID: z.string(),
  Name: text,
  Image: text,
  CreatedAt: text,
  Mode: z.record(z.string(), z.object({ Replicas: z.number().nullish() }).nullish()).nullish(),
  Ports: z.array(enginePort).nullish(),
  Networks: z.array(z.string()).nullish(),
  Update: text,
});
const engineTask = z.object({
  ID: z.string(),
  ServiceID: text,
  NodeID: text,
  Slot: z.number().nullish(),
  State: text,
  Desired: text,
  Image: text,
  Error: text,
  Container: text,
  UpdatedAt: text,
});
const engineNetwork = z.object({
  Id: z.string(),
  Name: text,
  Driver: text,
  Ingress: z.boolean().nullish(),
  Attachable: z.boolean().nullish(),
  Subnets: z.array(z.string().nullish()).nullish(),
});

const timeOf = (iso: string | null | undefined) => {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? 0 : time;
};
/** `repository:tag@sha256:...` without the digest, which nobody reads. */
const imageOf = (image: string | null | undefined) => (image ?? '').replace(/@sha256:[0-9a-f]+$/, '');

function oneOf<T extends string>(values: readonly T[], value: string | null | undefined, otherwise: T): T {
  return values.find((candidate) => candidate === value) ?? otherwise;
}

function nodeOf(node: z.output<typeof engineNode>): SwarmNode {
  const common = {
    id: node.ID,
    name: node.Hostname ?? '',
    // A manager tells 0.0.0.0 of itself in Status; its address is in ManagerStatus.
    ip: node.ManagerStatus?.Addr?.replace(/:\d+$/, '') ?? node.Addr ?? '',
    state: oneOf(['ready', 'down', 'disconnected', 'unknown'] as const, node.State, 'unknown'),
    availability: oneOf(['active', 'pause', 'drain'] as const, node.Spec.Availability, 'active'),
  };
  if (node.ManagerStatus == null) return common;
  const reachability = node.ManagerStatus.Reachability;
  return { ...common, reachability: oneOf(['reachable', 'unreachable', 'unknown'] as const, reachability, 'unknown') };
}

/** Parses four lines of JSON: nodes, services, tasks, networks. @throws DrydockError NODE_NOT_READY when they are not that. */
export function parseSwarm(stdout: string): SwarmView {
  const lines = stdout.trim().split('\n');
  try {
    const [nodes, services, tasks, networks] = [engineNode, engineService, engineTask, engineNetwork].map(
      (schema, index) => z.array(schema).parse(JSON.parse(lines[index] ?? '')),
    ) as [
      z.output<typeof engineNode>[],
      z.output<typeof engineService>[],
      z.output<typeof engineTask>[],
      z.output<typeof engineNetwork>[],
    ];
    return swarmViewSchema.parse({
      managers: nodes.filter(({ Spec }) => Spec.Role === 'manager').map(nodeOf),
      workers: nodes.filter(({ Spec }) => Spec.Role !== 'manager').map(nodeOf),
      leader: nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader)?.Hostname ?? null,
      services: services.map((service) => {
        const [mode = 'Replicated', wanted] = Object.entries(service.Mode ?? {})[0] ?? [];
        return {
          id: service.ID,
          name: service.Name ?? '',
          image: imageOf(service.Image),
          mode: mode.toLowerCase(),
          replicas: wanted?.Replicas ?? null,
          ports: (service.Ports ?? []).map((port) => ({
            published: port.PublishedPort ?? 0,
            target: port.TargetPort ?? 0,
            protocol: port.Protocol ?? 'tcp',
            mode: oneOf(['ingress', 'host'] as const, port.PublishMode, 'ingress'),
          })),
          networks: service.Networks ?? [],
          update: service.Update ?? null,
          createdAt: timeOf(service.CreatedAt),
        };
      }),
      tasks: tasks.map((task) => ({
        id: task.ID,
        serviceId: task.ServiceID ?? '',
        nodeId: task.NodeID || null,
        slot: task.Slot ?? null,
        state: task.State ?? '',
        desired: task.Desired ?? '',
        image: imageOf(task.Image),
        error: task.Error ? task.Error.slice(0, 1024) : null,
        containerId: task.Container || null,
        updatedAt: timeOf(task.UpdatedAt),
      })),
      networks: networks.map((network) => ({
        id: network.Id,
        name: network.Name ?? '',
        driver: network.Driver ?? '',
        ingress: network.Ingress ?? false,
        attachable: network.Attachable ?? false,
        subnets: (network.Subnets ?? []).filter((subnet) => typeof subnet === 'string'),
      })),
    });
  } catch (cause) {
    throw new DrydockError('NODE_NOT_READY', 'The swarm’s answer could not be read.', undefined, { cause });
  }
}
