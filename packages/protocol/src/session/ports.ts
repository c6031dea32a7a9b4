/** Ports of nodes as they are reported, shown and opened. */
import { z } from 'zod';
import { portNumberSchema } from '../ids.ts';

/** Who opened a port: a container's published port, a swarm service's, or any process of the node. */
export const portSourceSchema = z.enum(['container', 'swarm', 'process']);

/** A port as the agent sees it in the node. */
export const nodePortSchema = z.object({
  port: portNumberSchema,
  protocol: z.enum(['tcp', 'udp']),
  source: portSourceSchema,
  /** Container, service or process name; learner-made text, at most 128 characters. */
  label: z.string().max(128).optional(),
  /** True when it listens on the node's loopback only. */
  loopback: z.boolean().optional(),
  /** What it was found to speak when it was asked once; absent while that is not known, or where nobody asks. */
  scheme: z.enum(['http', 'https', 'other']).optional(),
  /** The title of its page; learner-made text, at most 128 characters. */
  title: z.string().max(128).optional(),
});
export type NodePort = z.infer<typeof nodePortSchema>;

export const portVisibilitySchema = z.enum(['private', 'public']);

/** The Host that the port's program sees: its public name, or `localhost:<port>` for programs that refuse other names. */
export const portHostSchema = z.enum(['keep', 'rewrite']);

/** A port as the public API shows it. */
export const publishedPortSchema = nodePortSchema.extend({
  url: z.string(),
  visibility: portVisibilitySchema,
  host: portHostSchema,
});
export type PublishedPort = z.infer<typeof publishedPortSchema>;
