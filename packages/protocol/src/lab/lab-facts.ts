/** What an agent tells of a node for a lab's checks: small tables. Names and texts in them are learner-made. */
import { z } from 'zod';
import { nodePortSchema } from '../session/ports.ts';

const name = z.string().max(256);
const text = z.string().max(8_192);
const words = z.record(name, text);
/** Rows of a table: more are not looked at. */
export const MAX_FACT_ROWS = 1_000;

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
  containers: z.array(containerFactSchema).max(MAX_FACT_ROWS).optional(),
  images: z.array(imageFactSchema).max(MAX_FACT_ROWS).optional(),
  volumes: z.array(volumeFactSchema).max(MAX_FACT_ROWS).optional(),
  networks: z.array(networkFactSchema).max(MAX_FACT_ROWS).optional(),
  ports: z
    .array(nodePortSchema.extend({ reachable: z.boolean().optional() }))
    .max(MAX_FACT_ROWS)
    .optional(),
  files: z.record(text, fileFactSchema).optional(),
  /** By `httpKey`. */
  http: z.record(text, httpFactSchema).optional(),
  processes: z.array(processFactSchema).max(MAX_FACT_ROWS).optional(),
  env: z.record(name, text.nullable()).optional(),
  /** By the leaf's key. */
  runs: z.record(name, runFactSchema).optional(),
  commands: z.array(commandFactSchema).max(MAX_FACT_ROWS).optional(),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

/** What a managing node's engine tells of a service beyond the swarm's picture. */
export const serviceExtraSchema = z.object({
  labels: words.optional(),
  env: words.optional(),
  secrets: z.array(name).optional(),
  configs: z.array(name).optional(),
  mounts: z.array(z.object({ source: text, target: text })).optional(),
  constraints: z.array(text).optional(),
  limits: z.object({ memory: z.number().optional(), cpus: z.number().optional() }).optional(),
});
export type ServiceExtra = z.infer<typeof serviceExtraSchema>;

const labelledSchema = z.object({ name, labels: words.optional() });
/** What the swarm's picture lacks, told by each managing node. */
export const swarmExtraSchema = z.object({
  /** By the service's id. */
  services: z.record(name, serviceExtraSchema).optional(),
  /** Labels of the swarm's nodes, by their names. */
  nodeLabels: z.record(name, words).optional(),
  secrets: z.array(labelledSchema).max(MAX_FACT_ROWS).optional(),
  configs: z.array(labelledSchema).max(MAX_FACT_ROWS).optional(),
});
export type SwarmExtra = z.infer<typeof swarmExtraSchema>;

/** Tables that an agent keeps up to date by its engines' events. `logs`: the ends of containers' logs too, which no event tells. */
export const watchedTableSchema = z.enum(['containers', 'images', 'volumes', 'networks', 'swarm', 'logs']);
export type WatchedTable = z.infer<typeof watchedTableSchema>;

/** The tables of a node as they are now; what is absent could not be read. */
export const watchedFactsSchema = nodeFactsSchema
  .pick({ containers: true, images: true, volumes: true, networks: true })
  .extend({ swarm: swarmExtraSchema.optional() });
export type WatchedFacts = z.infer<typeof watchedFactsSchema>;

/** A variable's name, as shells take it. */
export const variableNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);

/** Things that are asked for in a node, once. Nothing of it changes the node, but for what a `run` script itself does. */
export const nodeProbeSchema = z.discriminatedUnion('kind', [
  /** `content`: its text too. `since`: newer than that time (ms since the epoch)? */
  z.object({
    kind: z.literal('file'),
    path: z.string().min(1).max(1024).regex(/^\//),
    content: z.boolean(),
    since: z.number().optional(),
  }),
  z.object({ kind: z.literal('processes') }),
  /** What the shells of terminals noted: commands with their ends, and variables of that name. */
  z.object({ kind: z.literal('commands') }),
  z.object({ kind: z.literal('env'), name: variableNameSchema }),
  /** Ports on which the containers' programs listen, by the container's name. */
  z.object({ kind: z.literal('listens') }),
  z.object({
    kind: z.literal('http'),
    key: text,
    method: z.string().regex(/^[A-Z]{1,16}$/),
    scheme: z.enum(['http', 'https']),
    port: z.number().int().min(1).max(65_535),
    path: z.string().max(2_048).regex(/^\//),
    withinMs: z.number().positive().max(60_000),
  }),
  z.object({
    kind: z.literal('run'),
    key: name,
    script: z.string().max(64 * 1024),
    timeoutMs: z.number().positive().max(60_000),
    as: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
      .optional(),
    env: z.record(variableNameSchema, text).optional(),
  }),
]);
export type NodeProbe = z.infer<typeof nodeProbeSchema>;
/** Probes of one command: what a step of the most leaves may ask of a node. */
export const MAX_PROBES = 200;

/** What they found; what is absent could not be learnt. */
export const probedFactsSchema = nodeFactsSchema
  .pick({ files: true, http: true, processes: true, env: true, runs: true, commands: true, diskFree: true })
  .extend({
    /** By the container's name. */
    listens: z.record(name, z.array(z.object({ port: z.number().int(), address: name }))).optional(),
  });
export type ProbedFacts = z.infer<typeof probedFactsSchema>;
