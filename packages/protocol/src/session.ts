/** A session, its rights, links and how the API shows it. */
import { z } from 'zod';
import { capabilitiesSchema } from './capabilities.ts';
import { linkIdSchema, sessionIdSchema } from './ids.ts';
import { nodeLimitsSchema, nodeViewSchema } from './node.ts';

/** Rights in rising order: a viewer watches, a collaborator works, an owner decides. */
export const rightSchema = z.enum(['viewer', 'collaborator', 'owner']);
export type Right = z.infer<typeof rightSchema>;

const RANK: Record<Right, number> = { viewer: 0, collaborator: 1, owner: 2 };

/** Whether `held` includes `needed`. */
export function allows(held: Right, needed: Right): boolean {
  return RANK[held] >= RANK[needed];
}

/** Moves forward only: active -> closing -> closed. Expiry and closing by hand lead through the same states. */
export const sessionStateSchema = z.enum(['active', 'closing', 'closed']);
export type SessionState = z.infer<typeof sessionStateSchema>;

export const sessionLimitsSchema = z.object({ nodes: z.number().int().positive(), node: nodeLimitsSchema });

export const sessionViewSchema = z.object({
  id: sessionIdSchema,
  name: z.string().nullable(),
  state: sessionStateSchema,
  /** Milliseconds since the epoch. */
  createdAt: z.number().int(),
  expiresAt: z.number().int(),
  /** The server's clock at the answer (ms since the epoch), so that a page's countdown does not trust the browser's. */
  now: z.number().int(),
  limits: sessionLimitsSchema,
  nodes: z.array(nodeViewSchema),
  capabilities: capabilitiesSchema.nullable(),
  template: z.string().nullable(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const linkViewSchema = z.object({ id: linkIdSchema, right: rightSchema, createdAt: z.number().int() });
export type LinkView = z.infer<typeof linkViewSchema>;
