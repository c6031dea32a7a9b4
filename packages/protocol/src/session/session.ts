/** A session, its rights, links and how the API shows it. */
import { z } from 'zod';
import { hostFeaturesSchema } from '../host-features.ts';
import { linkIdSchema, nodeNameSchema, sessionIdSchema } from '../ids.ts';
import { nodeLimitsSchema, nodeViewSchema } from './node.ts';

/** Rights in rising order: a viewer watches, a collaborator works, an owner decides. */
export const rightSchema = z.enum(['viewer', 'collaborator', 'owner']);
export type Right = z.infer<typeof rightSchema>;

const RANK: Record<Right, number> = { viewer: 0, collaborator: 1, owner: 2 };

/** Whether `held` includes `needed`. */
export function allows(held: Right, needed: Right): boolean {
  return RANK[held] >= RANK[needed];
}

/**
 * Moves forward only: active -> (retained ->) closing -> closed. While it is `retained` the time is up, nothing runs any more, and the owner may
 * still fetch files; a session that is closed by hand has none.
 */
export const sessionStateSchema = z.enum(['active', 'retained', 'closing', 'closed']);
export type SessionState = z.infer<typeof sessionStateSchema>;

export const sessionLimitsSchema = z.object({ nodes: z.number().int().positive(), node: nodeLimitsSchema });

export const sessionViewSchema = z.object({
  id: sessionIdSchema,
  name: z.string().nullable(),
  state: sessionStateSchema,
  /** Milliseconds since the epoch. */
  createdAt: z.number().int(),
  expiresAt: z.number().int(),
  /** The latest end that `extend` can reach, by the operator's maximum. */
  latestExpiresAt: z.number().int().optional(),
  /** The server's clock at the answer (ms since the epoch), so that a page's countdown does not trust the browser's. */
  now: z.number().int(),
  limits: sessionLimitsSchema,
  nodes: z.array(nodeViewSchema),
  features: hostFeaturesSchema.nullable(),
  template: z.string().nullable(),
  /** The lab that the session is led by. */
  lab: z.string().optional(),
  /** The operator has stopped its nodes where they are, and says why. */
  frozen: z.object({ reason: z.string() }).optional(),
  /** The address of any port of the session, with `{node}` and `{port}` to be filled in. */
  portUrl: z.string().optional(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** Why a session is over. */
export const endReasonSchema = z.enum(['expired', 'closed', 'idle', 'operator']);
export type EndReason = z.infer<typeof endReasonSchema>;

/** What is left of a retained session, for its owner: files of these nodes, until then (ms since the epoch). */
export const retentionViewSchema = z.object({
  state: z.literal('retained'),
  retainedUntil: z.number().int(),
  /** The server's clock at the answer, as in a session's view. */
  now: z.number().int(),
  nodes: z.array(nodeNameSchema),
});
export type RetentionView = z.infer<typeof retentionViewSchema>;

export const linkViewSchema = z.object({ id: linkIdSchema, right: rightSchema, createdAt: z.number().int() });
export type LinkView = z.infer<typeof linkViewSchema>;
