/** The front matter's shape. An editor's JSON schema is made of it, so it holds shapes alone, no transforms. */
import { z } from 'zod';
import { MAX_LAB_NODES } from '../limits.ts';

const NODE_NAME = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;
const nodeName = z.string().regex(NODE_NAME, 'A node is named with small letters, digits and hyphens.');
const words = z.string().min(1).max(1_000);
const port = z.number().int().min(1).max(65_535);
const scalar = z.union([z.string().max(4_096), z.number(), z.boolean()]);

export const frontMatterSchema = z
  .strictObject({
    lab: z.literal(1).describe('Format of the file; older readers refuse a higher one.'),
    title: words.describe('Default: the first # heading.'),
    summary: words.describe('Default: the first paragraph.'),
    level: z.enum(['beginner', 'intermediate', 'advanced']),
    time: z
      .union([z.string().max(20), z.number().int().min(1).max(1_440)])
      .describe('"25m"; default: sum of the steps.'),
    lang: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'A language is a tag such as en or pt-BR.'),
    authors: z.array(words).max(50),
    license: words,
    tags: z.array(z.string().min(1).max(60)).max(30),
    image: words.describe('Cover, a path in the lab.'),
    nodes: z
      .union([
        z.number().int().min(0).max(100),
        z.array(z.union([nodeName, z.strictObject({ name: nodeName, size: z.string().max(40).optional() })])).max(100),
      ])
      .describe(`Number, or names; 0 is text alone. At most ${MAX_LAB_NODES}.`),
    template: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'A template has an id such as swarm-3.'),
    needs: z.array(z.string().max(60)).max(20).describe('docker>=28, internet, kvm, arch=amd64'),
    images: z.array(z.string().min(1).max(255)).max(50),
    files: z.record(z.string().max(1_100), z.string()).describe('node:/abs/path → text, or ./file of the lab'),
    setup: z.union([z.string(), z.record(nodeName, z.string())]),
    env: z.record(
      z.string().regex(/^[A-Za-z_]\w{0,127}$/, 'A variable has a name of letters, digits and underscores.'),
      z.union([
        scalar,
        z.strictObject({ ask: words, match: z.string().max(500).optional(), secret: z.boolean().optional() }),
      ]),
    ),
    ports: z
      .array(
        z.union([
          port,
          z.strictObject({
            port,
            node: nodeName.optional(),
            path: z.string().startsWith('/').max(1_000).optional(),
            title: z.string().max(100).optional(),
            open: z.boolean().optional(),
          }),
        ]),
      )
      .max(50),
    layout: z.enum(['side', 'below', 'wide-text']),
    order: z.enum(['free', 'gate']),
    reset: z.enum(['ask', 'never']),
  })
  .partial();

export type FrontMatter = z.infer<typeof frontMatterSchema>;

/** A JSON schema of the front matter, for editors. */
export function frontMatterJsonSchema(): object {
  return z.toJSONSchema(frontMatterSchema, { target: 'draft-2020-12' });
}
