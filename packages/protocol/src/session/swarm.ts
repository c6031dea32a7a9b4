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
  /** Overlays that the task is on, with its address there. */
  networks: z.array(z.object({ id: name, address: name })).optional(),
  updatedAt: z.number().int(),
});
export type SwarmTask = z.infer<typeof swarmTaskSchema>;

export const swarmNetworkSchema = z.object({
  id: name,
  name,
  driver: name,
  ingress: z.boolean(),
  attachable: z.boolean(),
  /** Its traffic is to be encrypted, which only some hosts can (`features.encryptedOverlay`). */
  encrypted: z.boolean().optional(),
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

/** What is known of a session's swarm: the last picture, and why there is no newer one (a swarm without a leader answers nobody). */
export const swarmStateSchema = z.object({ view: swarmViewSchema.nullable(), problem: z.string().max(512).nullable() });
export type SwarmState = z.infer<typeof swarmStateSchema>;

/** The step from one picture to the next: tasks are many and mostly stay as they are, so only those that changed travel. */
export const swarmStepSchema = z.object({
  view: swarmViewSchema.omit({ tasks: true }).nullable(),
  /** New and changed tasks. */
  tasks: z.array(swarmTaskSchema),
  /** Ids of tasks that are no longer shown. */
  gone: z.array(name),
  problem: swarmStateSchema.shape.problem,
});
export type SwarmStep = z.infer<typeof swarmStepSchema>;

const NO_TASKS: readonly SwarmTask[] = [];

/** The step from `before` to `after`. */
export function swarmStep(before: SwarmState, after: SwarmState): SwarmStep {
  const known = new Map((before.view?.tasks ?? NO_TASKS).map((task) => [task.id, JSON.stringify(task)]));
  const tasks = (after.view?.tasks ?? NO_TASKS).filter((task) => known.get(task.id) !== JSON.stringify(task));
  for (const { id } of after.view?.tasks ?? NO_TASKS) known.delete(id);
  const { problem } = after;
  if (after.view === null) return { view: null, tasks: [], gone: [], problem };
  const { tasks: _all, ...view } = after.view;
  return { view, tasks, gone: [...known.keys()], problem };
}

/** The picture after a step. */
export function applySwarmStep(before: SwarmState, step: SwarmStep): SwarmState {
  if (step.view === null) return { view: null, problem: step.problem };
  const tasks = new Map((before.view?.tasks ?? NO_TASKS).map((task) => [task.id, task]));
  for (const id of step.gone) tasks.delete(id);
  for (const task of step.tasks) tasks.set(task.id, task);
  return { view: { ...step.view, tasks: [...tasks.values()] }, problem: step.problem };
}
