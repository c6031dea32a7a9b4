/** What is known of a session: small tables that manager and agents fill. Names and texts in them are learner-made. */
import { nodePortSchema, swarmServiceSchema, swarmTaskSchema, swarmViewSchema } from '@drydock/protocol';
import { z } from 'zod';

const name = z.string().max(256);
const text = z.string().max(8_192);
const words = z.record(name, text);
/** Rows of a table: more are not looked at. */
const MAX_ROWS = 1_000;

export const containerFactSchema = z.object({
  name,
  image: z.string().max(1_024),
  state: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
  health: z.enum(['starting', 'healthy', 'unhealthy', 'none']).optional(),
  exit: z.number().int().optional(),
  /** The kernel ended it for want of memory. */
  oomKilled: z.boolean().optional(),
  restarts: z.number().int().optional(),
  /** Published ports; `address` is where the node listens. */
  publishes: z
    .array(z.object({ port: z.number().int(), target: z.number().int(), address: name.optional() }))
    .optional(),
  networks: z.array(name).optional(),
  mounts: z.array(z.object({ source: text, target: text })).optional(),
  env: words.optional(),
  labels: words.optional(),
  cmd: text.optional(),
  user: name.optional(),
  privileged: z.boolean().optional(),
  limits: z.object({ memory: z.number().optional(), cpus: z.number().optional() }).optional(),
  ip: name.optional(),
  /** The engine's own word why it did not start. */
  error: text.optional(),
  /** The end of its log. */
  logs: text.optional(),
  /** Ports that its programs listen on, with the address: `127.0.0.1` is the container's own loopback. */
  listens: z.array(z.object({ port: z.number().int(), address: name })).optional(),
});
export type ContainerFact = z.infer<typeof containerFactSchema>;

export const imageFactSchema = z.object({
  /** `nginx:latest`, each. */
  tags: z.array(z.string().max(1_024)),
  size: z.number().optional(),
  layers: z.number().int().optional(),
  arch: name.optional(),
  from: text.optional(),
  cmd: text.optional(),
  user: name.optional(),
  labels: words.optional(),
});
export const volumeFactSchema = z.object({
  name,
  driver: name.optional(),
  labels: words.optional(),
  usedBy: z.array(name).optional(),
});
export const networkFactSchema = z.object({
  name,
  driver: name.optional(),
  subnets: z.array(name).optional(),
  attachable: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  internal: z.boolean().optional(),
  labels: words.optional(),
  usedBy: z.array(name).optional(),
});
export const fileFactSchema = z.object({
  /** `missing` is known to be so; an absent fact is not known. */
  type: z.enum(['file', 'directory', 'link', 'other', 'missing']),
  content: z
    .string()
    .max(256 * 1024)
    .optional(),
  mode: name.optional(),
  owner: name.optional(),
  lines: z.number().int().optional(),
  newerThanStep: z.boolean().optional(),
  /** What the node's own parser made of it. */
  json: z.unknown().optional(),
  yaml: z.unknown().optional(),
});
export const httpFactSchema = z.object({
  status: z.number().int().optional(),
  body: z
    .string()
    .max(256 * 1024)
    .optional(),
  headers: words.optional(),
  json: z.unknown().optional(),
  /** Why there is no answer. */
  error: z.enum(['refused', 'timeout', 'reset', 'tls', 'other']).optional(),
});
export const runFactSchema = z.object({
  exit: z.number().int().nullable(),
  timedOut: z.boolean().optional(),
  output: text,
  stderr: text.optional(),
});
export const commandFactSchema = z.object({
  text,
  exit: z.number().int().optional(),
  pipeFailed: z.boolean().optional(),
  at: z.number(),
});
export const processFactSchema = z.object({ command: text, user: name });

/** One node. An absent table is not known (the host is away, the engine starts); an empty one is known to be empty. */
export const nodeFactsSchema = z.object({
  engine: z.enum(['ready', 'starting', 'stopped']).optional(),
  role: z.enum(['manager', 'worker', 'none']).optional(),
  memory: z.number().optional(),
  /** Free space of the node's disk (bytes). */
  diskFree: z.number().optional(),
  containers: z.array(containerFactSchema).max(MAX_ROWS).optional(),
  images: z.array(imageFactSchema).max(MAX_ROWS).optional(),
  volumes: z.array(volumeFactSchema).max(MAX_ROWS).optional(),
  networks: z.array(networkFactSchema).max(MAX_ROWS).optional(),
  ports: z
    .array(nodePortSchema.extend({ reachable: z.boolean().optional() }))
    .max(MAX_ROWS)
    .optional(),
  files: z.record(text, fileFactSchema).optional(),
  /** By `httpKey`. */
  http: z.record(text, httpFactSchema).optional(),
  processes: z.array(processFactSchema).max(MAX_ROWS).optional(),
  env: z.record(name, text.nullable()).optional(),
  /** By the leaf's key. */
  runs: z.record(name, runFactSchema).optional(),
  commands: z.array(commandFactSchema).max(MAX_ROWS).optional(),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

const serviceFactSchema = swarmServiceSchema.extend({
  labels: words.optional(),
  env: words.optional(),
  secrets: z.array(name).optional(),
  configs: z.array(name).optional(),
  mounts: z.array(z.object({ source: text, target: text })).optional(),
  constraints: z.array(text).optional(),
  limits: z.object({ memory: z.number().optional(), cpus: z.number().optional() }).optional(),
});

/** The protocol's own picture of a swarm, with what an inspect adds. */
export const swarmFactsSchema = swarmViewSchema.extend({
  services: z.array(serviceFactSchema).max(MAX_ROWS),
  tasks: z.array(swarmTaskSchema).max(MAX_ROWS),
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
