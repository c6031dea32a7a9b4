/** What a node's engine says of published ports and of its place in a swarm, reduced to what we show. */
import type { SwarmRole } from '@drydock/protocol';
import { z } from 'zod';
import type { DockerApi } from './docker-api.ts';

/** A port that a container publishes on the node. */
export interface PublishedByDocker {
  port: number;
  protocol: 'tcp' | 'udp';
  /** `swarm` for a service's container in host mode. */
  source: 'container' | 'swarm';
  label: string;
  loopback: boolean;
}

export interface DockerView {
  published: PublishedByDocker[];
  /** Services by the port that they publish on every node. It is known some seconds longer than it works, and without protocols. */
  ingress: ReadonlyMap<number, string>;
  swarm: SwarmRole;
}

const containersSchema = z.array(
  z.object({
    Names: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.unknown()).nullish(),
    Ports: z
      .array(z.object({ IP: z.string().optional(), PublicPort: z.number().int().optional(), Type: z.string() }))
      .nullish(),
  }),
);
const infoSchema = z.object({
  Swarm: z
    .object({
      LocalNodeState: z.string().optional(),
      ControlAvailable: z.boolean().optional(),
      NodeID: z.string().optional(),
    })
    .nullish(),
});
const ingressSchema = z.object({
  Services: z.record(z.string(), z.object({ Ports: z.array(z.string()).nullish() })).nullish(),
});
const nodeSchema = z.object({ ManagerStatus: z.object({ Leader: z.boolean().optional() }).nullish() });

/** The label that swarm gives the containers of a service. */
const SERVICE_LABEL = 'com.docker.swarm.service.name';

/** Asks the engine; what an older engine or a node outside a swarm does not know counts as nothing. */
export async function readDockerView(api: DockerApi): Promise<DockerView> {
  const [containers, info] = await Promise.all([
    api.get('/containers/json').then((answer) => containersSchema.parse(answer)),
    api.get('/info').then((answer) => infoSchema.parse(answer)),
  ]);
  const published = containers.flatMap(publishedByContainer);
  const { LocalNodeState: state, ControlAvailable: isManager, NodeID: nodeId } = info.Swarm ?? {};
  if (state !== 'active') return { published, ingress: new Map(), swarm: { role: 'none', leader: false } };
  const [ingress, leader] = await Promise.all([
    readIngress(api),
    isManager && nodeId && /^[a-z0-9]{1,64}$/.test(nodeId) ? isLeader(api, nodeId) : false,
  ]);
  return { published, ingress, swarm: { role: isManager ? 'manager' : 'worker', leader } };
}

function publishedByContainer(container: z.infer<typeof containersSchema>[number]): PublishedByDocker[] {
  const service = container.Labels?.[SERVICE_LABEL];
  const source = typeof service === 'string' ? 'swarm' : 'container';
  const label = typeof service === 'string' ? service : (container.Names?.[0]?.replace(/^\//, '') ?? '');
  return (container.Ports ?? []).flatMap(({ IP: ip = '', PublicPort: port, Type: type }) =>
    port !== undefined && (type === 'tcp' || type === 'udp')
      ? [{ port, protocol: type, source, label, loopback: ip.startsWith('127.') || ip === '::1' } as const]
      : [],
  );
}

/** Services that publish on every node of the swarm; a worker knows them by its ingress network alone. */
async function readIngress(api: DockerApi): Promise<Map<number, string>> {
  const answer = ingressSchema.safeParse(await api.get('/networks/ingress?verbose=true').catch(() => undefined));
  const ports = new Map<number, string>();
  for (const [service, { Ports: texts }] of Object.entries(answer.data?.Services ?? {})) {
    for (const text of texts ?? []) {
      const port = Number(/Publish: (\d+)/.exec(text)?.[1]);
      if (port > 0) ports.set(port, service);
    }
  }
  return ports;
}

async function isLeader(api: DockerApi, nodeId: string): Promise<boolean> {
  const node = nodeSchema.safeParse(await api.get(`/nodes/${nodeId}`).catch(() => undefined));
  return node.data?.ManagerStatus?.Leader ?? false;
}
