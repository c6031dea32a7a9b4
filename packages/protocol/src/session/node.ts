/** A node: its states, limits, usage and how the API shows it. */
import { z } from 'zod';
import { nodeNameSchema } from '../ids.ts';
import { nodePortSchema } from './ports.ts';

/** Moves forward only: creating -> running -> destroying -> gone; failed, lost are ends too. */
export const nodeStateSchema = z.enum(['creating', 'running', 'destroying', 'gone', 'failed', 'lost']);
export type NodeState = z.infer<typeof nodeStateSchema>;

export const nodeLimitsSchema = z.object({
  /** Processor time in whole processors, 0.1 to 64. */
  cpus: z.number().min(0.1).max(64),
  memoryBytes: z.number().int().positive(),
  diskBytes: z.number().int().positive(),
  pids: z.number().int().positive(),
});
export type NodeLimits = z.infer<typeof nodeLimitsSchema>;

export const nodeUsageSchema = z.object({
  /** Share of the node's own cpu limit, 0 to 1. */
  cpu: z.number().min(0),
  memoryBytes: z.number().int().nonnegative(),
  diskBytes: z.number().int().nonnegative(),
  pids: z.number().int().nonnegative(),
  /** Processes killed for want of memory since the node's birth. */
  oomKills: z.number().int().nonnegative(),
});
export type NodeUsage = z.infer<typeof nodeUsageSchema>;

export const swarmRoleSchema = z.object({ role: z.enum(['none', 'worker', 'manager']), leader: z.boolean() });
export type SwarmRole = z.infer<typeof swarmRoleSchema>;

/** What an agent reports of a node of its own. */
export const nodeReportSchema = z.object({
  name: nodeNameSchema,
  ip: z.string(),
  state: nodeStateSchema,
  dockerReady: z.boolean(),
  swarm: swarmRoleSchema,
  limits: nodeLimitsSchema,
  usage: nodeUsageSchema.nullable(),
  ports: z.array(nodePortSchema),
  /** Milliseconds since the epoch. */
  createdAt: z.number().int(),
});
export type NodeReport = z.infer<typeof nodeReportSchema>;

/** A node as the public API shows it. */
export const nodeViewSchema = nodeReportSchema.extend({
  host: z.string().optional(),
  /** False while the host's agent is away: the node lives on, but nothing can be asked of it. */
  reachable: z.boolean().optional(),
});
export type NodeView = z.infer<typeof nodeViewSchema>;
