/** A session's swarm as its managers see it: what the map shows. Names and labels are learner-made text. */
import { z } from 'zod';

const name = z.string().max(256);

export const swarmNodeSchema = z.object({
  id: name,
  /** The node's host name, which is its name in the session unless the learner changed it. */
  name,
  ip: name,
  state: z.enum(['ready', 'down', 'disconnected', 'unknown']),
  availability: z.enum(['active', 'pause', 'drain']),
  /** Managers only. */
  reachability: z.enum(['reachable', 'unreachable', 'unknown']).optional(),
});
export type SwarmNode = z.infer<typeof swarmNodeSchema>;

export const swarmPortSchema = z.object({
  published: z.number().int(),
  target: z.number().int(),
  protocol: z.string().max(8),
  mode: z.enum(['ingress', 'host']),
});

export const swarmServiceSchema = z.object({
  id: name,
  name,
  image: z.string().max(1024),
  mode: z.string().max(32),
  /** Wanted tasks; null where the number follows from the nodes (global). */
  replicas: z.number().int().nullable(),
  ports: z.array(swarmPortSchema),
  networks: z.array(name),
  /** State of the last update, e.g. `updating`, `completed`, `rollback_completed`; null when there was none. */
  update: z.string().max(64).nullable(),
  createdAt: z.number().int(),
});
export type SwarmService = z.infer<typeof swarmServiceSchema>;

export const swarmTaskSchema = z.object({
  id: name,
  serviceId: name,
  nodeId: name.nullable(),
  slot: z.number().int().nullable(),
  state: z.string().max(32),
  desired: z.string().max(32),
  image: z.string().max(1024),
  error: z.string().max(1024).nullable(),
  containerId: name.nullable(),
  updatedAt: z.number().int(),
});
export type SwarmTask = z.infer<typeof swarmTaskSchema>;

export const swarmNetworkSchema = z.object({
  id: name,
  name,
  driver: name,
  ingress: z.boolean(),
  attachable: z.boolean(),
  subnets: z.array(name),
});

/** `GET /sessions/:id/swarm`; null when no node of the session manages one. */
export const swarmViewSchema = z.object({
  managers: z.array(swarmNodeSchema),
  workers: z.array(swarmNodeSchema),
  /** Name of the leading manager. */
  leader: name.nullable(),
  services: z.array(swarmServiceSchema),
  tasks: z.array(swarmTaskSchema),
  networks: z.array(swarmNetworkSchema),
});
export type SwarmView = z.infer<typeof swarmViewSchema>;
export const swarmResponseSchema = swarmViewSchema.nullable();
