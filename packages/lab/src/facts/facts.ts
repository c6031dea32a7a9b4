/** What is known of a session: small tables that manager and agents fill. Those of a node are the protocol's. */
import {
  MAX_FACT_ROWS,
  nodeFactsSchema,
  serviceExtraSchema,
  swarmServiceSchema,
  swarmTaskSchema,
  swarmViewSchema,
} from '@drydock/protocol';
import { z } from 'zod';

export {
  type ContainerFact,
  commandFactSchema,
  containerFactSchema,
  fileFactSchema,
  httpFactSchema,
  imageFactSchema,
  type NodeFacts,
  networkFactSchema,
  nodeFactsSchema,
  processFactSchema,
  runFactSchema,
  volumeFactSchema,
} from '@drydock/protocol';

const name = z.string().max(256);
const text = z.string().max(8_192);
const words = z.record(name, text);

const serviceFactSchema = swarmServiceSchema.extend(serviceExtraSchema.shape);

/** The protocol's own picture of a swarm, with what an inspect adds. */
export const swarmFactsSchema = swarmViewSchema.extend({
  services: z.array(serviceFactSchema).max(MAX_FACT_ROWS),
  tasks: z.array(swarmTaskSchema).max(MAX_FACT_ROWS),
  nodeLabels: z.record(name, words).optional(),
  secrets: z.array(z.object({ name, labels: words.optional() })).optional(),
  configs: z.array(z.object({ name, labels: words.optional() })).optional(),
});
export type SwarmFacts = z.infer<typeof swarmFactsSchema>;

export const factsSchema = z.object({
  nodes: z.record(name, nodeFactsSchema),
  /** null: no node manages a swarm. Absent: not known. */
  swarm: swarmFactsSchema.nullable().optional(),
  /** The learner's answers by the leaf's key; `wanted` is what `equals-run` gave. */
  answers: z.record(name, z.object({ text, wanted: text.optional() })).optional(),
});
export type Facts = z.infer<typeof factsSchema>;

/** The key of an http fact in its node. */
export function httpKey({
  method,
  scheme,
  port,
  path,
}: {
  method: string;
  scheme: string;
  port: number;
  path: string;
}): string {
  return `${method} ${scheme}://${port}${path}`;
}
