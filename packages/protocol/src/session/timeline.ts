/** What happened in a session, one line each: shown in the page, and copied into bug reports. */
import { z } from 'zod';
import { nodeNameSchema } from '../ids.ts';

/** Entries that a session's timeline holds; the oldest go first. A swarm of four hours makes a few hundred. */
export const MAX_TIMELINE_ENTRIES = 500;

/** What a node's engine tells. */
export const engineEventSchema = z.enum([
  'container-started',
  'container-died',
  'container-oom',
  'image-pulled',
  'service-created',
  'service-updated',
  'service-removed',
  'swarm-node',
  /** More happened than is told; `detail` is how much. */
  'events-left-out',
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;

export const timelineKindSchema = z.enum([
  ...engineEventSchema.options,
  'session-created',
  'session-extended',
  'session-frozen',
  'session-thawed',
  'node-added',
  'node-removed',
  'node-lost',
  'node-oom',
  'docker-up',
  'docker-down',
  'swarm-role',
  'swarm-leader',
  'port-opened',
  'port-closed',
  'port-public',
  'port-private',
  'link-made',
  'link-revoked',
  'template-applied',
  'template-failed',
]);
export type TimelineKind = z.infer<typeof timelineKindSchema>;

/** Everything of an entry but its id. Subject and detail may be learner-made text. */
export const timelineFactSchema = z.object({
  /** Milliseconds since the epoch, by the clock of the host or manager that saw it. */
  at: z.number().int(),
  kind: timelineKindSchema,
  node: nodeNameSchema.optional(),
  /** What it happened to: a container's, service's or image's name, a port, a link's id. */
  subject: z.string().max(256).optional(),
  /** Docker's id of the subject. */
  ref: z.string().max(128).optional(),
  detail: z.string().max(512).optional(),
});
export type TimelineFact = z.infer<typeof timelineFactSchema>;

/** `id` grows from entry to entry as `<ms>-<n>`. */
export const timelineEntrySchema = timelineFactSchema.extend({ id: z.string().regex(/^\d+-\d+$/) });
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** `GET /sessions/:id/timeline`, the oldest first. */
export const timelineResponseSchema = z.array(timelineEntrySchema);
