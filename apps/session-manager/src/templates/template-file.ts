/** An operator's own templates, from a YAML file; the same id as one of ours replaces it. */
import { MAX_NODES_PER_SESSION, type NodeLimits, nodeLimitsSchema, nodeNameSchema } from '@drydock/protocol';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Template, TemplateStep } from './templates.ts';

/** Templates that one file may hold: what a menu can show. */
const MAX_TEMPLATES = 50;
const MAX_STEPS = 100;
/** A file that a step writes (characters); it travels as a command's input. */
const MAX_CONTENT = 256 * 1024;
const DEFAULT_SECONDS = 120;

const nodeNames = z.array(nodeNameSchema).max(MAX_NODES_PER_SESSION);
const fileSchema = z.strictObject({
  node: nodeNameSchema,
  path: z.string().regex(/^\//, 'must be an absolute path').max(4096),
  content: z.string().max(MAX_CONTENT),
});
const runSchema = z.strictObject({
  node: nodeNameSchema,
  text: z.string().min(1).max(120).optional(),
  /** A line for bash, or a program with its arguments. */
  command: z.union([z.string().min(1).max(65_536), z.array(z.string().max(65_536)).min(1).max(256)]),
  timeoutSeconds: z.number().int().min(1).max(300).optional(),
});
const stepSchema = z
  .strictObject({
    swarm: z.strictObject({ managers: nodeNames.min(1), workers: nodeNames.optional() }).optional(),
    file: fileSchema.optional(),
    run: runSchema.optional(),
  })
  .refine((step) => Object.keys(step).length === 1, { message: 'must be one of swarm, file, run' });
const UNITS: Record<string, number> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
/** A number of bytes: whole, or with k, m, g or t (powers of 1024), as in the settings. */
const sizeSchema = z
  .string()
  .regex(/^\d+[kmgt]?$/i, 'must be a size such as 512m or 10g')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.slice(-1).toLowerCase()] ?? 1));
/** Less than this starts no engine. */
const MIN_MEMORY = 256 * 1024 ** 2;
const MIN_DISK = 1024 ** 3;
const limitsSchema = z.strictObject({
  cpus: nodeLimitsSchema.shape.cpus.optional(),
  memory: sizeSchema.pipe(z.number().min(MIN_MEMORY, 'must be 256m at least')).optional(),
  disk: sizeSchema.pipe(z.number().min(MIN_DISK, 'must be 1g at least')).optional(),
  processes: z.number().int().min(256).max(1_000_000).optional(),
});
const templateSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
  title: z.string().trim().min(1).max(80),
  description: z.string().trim().max(300).optional(),
  nodes: nodeNames.min(1),
  limits: limitsSchema.optional(),
  steps: z.array(stepSchema).max(MAX_STEPS).optional(),
});
const templatesSchema = z.strictObject({ templates: z.array(templateSchema).max(MAX_TEMPLATES) });

/** The text is not a list of templates; the message says where and why, in one line. */
export class TemplateFileError extends Error {}

function stepOf({ swarm, file, run }: z.output<typeof stepSchema>): TemplateStep {
  if (swarm !== undefined) return { kind: 'swarm', managers: swarm.managers, workers: swarm.workers ?? [] };
  if (file !== undefined) return { kind: 'file', ...file };
  if (run === undefined) throw new TemplateFileError('a step is empty');
  const command = typeof run.command === 'string' ? ['bash', '-lc', run.command] : run.command;
  const text = run.text ?? (typeof run.command === 'string' ? run.command : run.command.join(' ')).slice(0, 120);
  return { kind: 'run', node: run.node, text, command, timeoutSeconds: run.timeoutSeconds ?? DEFAULT_SECONDS };
}

function limitsOf({ cpus, memory, disk, processes }: z.output<typeof limitsSchema>): Partial<NodeLimits> {
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(disk === undefined ? {} : { diskBytes: disk }),
    ...(processes === undefined ? {} : { pids: processes }),
  };
}

/** Every name that a step uses. */
const namesIn = (step: TemplateStep) => (step.kind === 'swarm' ? [...step.managers, ...step.workers] : [step.node]);

/**
 * Parses a file's text. `maxNodes` is the operator's limit of a session: a template beyond it could never be applied.
 * @throws TemplateFileError.
 */
export function parseTemplates(text: string, maxNodes: number): Template[] {
  const document = parseDocument(text, { maxAliasCount: 0 } as object);
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new TemplateFileError(mistake.message.split('\n')[0] ?? 'not YAML');
  let value: unknown;
  try {
    // Aliases would let a small file become a large one.
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new TemplateFileError('anchors and aliases are not supported');
  }
  const parsed = templatesSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TemplateFileError(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const ids = new Set<string>();
  return parsed.data.templates.map(({ id, title, description = '', nodes, limits, steps = [] }) => {
    const fail = (why: string): never => {
      throw new TemplateFileError(`template ${id}: ${why}`);
    };
    if (ids.has(id)) fail('there are two of that id');
    ids.add(id);
    if (new Set(nodes).size !== nodes.length) fail('a node is named twice');
    if (nodes.length > maxNodes) fail(`it has ${nodes.length} nodes, but a session may have ${maxNodes}`);
    const made = steps.map(stepOf);
    for (const step of made) {
      for (const name of namesIn(step))
        if (!nodes.includes(name)) fail(`a step names ${name}, which is none of its nodes`);
      if (step.kind === 'swarm' && new Set(namesIn(step)).size !== namesIn(step).length)
        fail('a node is in a swarm twice');
    }
    return {
      id,
      title,
      description,
      nodes,
      steps: made,
      ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
    };
  });
}
