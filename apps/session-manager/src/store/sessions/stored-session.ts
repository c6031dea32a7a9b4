/**
 * The form in which a session lies in Redis. Releases that are one apart read each other's: a field that this one does not know is
 * kept, and SCHEMA grows only with a form that the release before would misread.
 */
import { endReasonSchema, nodeLimitsSchema, rightSchema, sessionIdSchema } from '@drydock/protocol';
import { z } from 'zod';
import { publicPortsOf, type SessionRecord, sharesOf } from '../../model/session.ts';

/** The version of the form below. Records of releases before 0.3 have none, and the same form. */
const SCHEMA = 1;

const timeSchema = z.number();
const nodeSchema = z.looseObject({
  name: z.string(),
  index: z.number(),
  host: z.string(),
  limits: nodeLimitsSchema,
  state: z.enum(['creating', 'running', 'destroying', 'lost']),
  createdAt: timeSchema,
  driver: z.string().exactOptional(),
});
const linkSchema = z.looseObject({ id: z.string(), right: rightSchema, tokenHash: z.string(), createdAt: timeSchema });
const shareSchema = z.looseObject({
  id: z.string(),
  node: z.string(),
  port: z.number(),
  tokenHash: z.string(),
  expiresAt: timeSchema,
});

const baseSchema = z.looseObject({
  id: sessionIdSchema,
  name: z.string().nullable(),
  template: z.string().nullable(),
  lab: z.string().exactOptional(),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  activeAt: timeSchema.exactOptional(),
  nodes: z.array(nodeSchema),
  links: z.array(linkSchema),
  rewrittenHosts: z.array(z.string()).exactOptional(),
  portSecret: z.string(),
  userId: z.string().exactOptional(),
  client: z.string().exactOptional(),
  note: z.string().exactOptional(),
  flag: z.looseObject({ at: timeSchema, text: z.string() }).exactOptional(),
  countedFor: z.array(z.string()).exactOptional(),
  embed: z.looseObject({ site: z.string(), origin: z.string(), nodes: z.number() }).exactOptional(),
  spanMtu: z.number().exactOptional(),
  vni: z.number().exactOptional(),
  version: z.number().int(),
});
const endSchema = { endReason: endReasonSchema, endedAt: timeSchema, endText: z.string().exactOptional() };

const sessionSchema = z.discriminatedUnion('state', [
  baseSchema.extend({
    state: z.literal('active'),
    shares: z.array(shareSchema),
    publicPorts: z.array(z.string()),
    frozen: z.looseObject({ at: timeSchema, reason: z.string() }).exactOptional(),
  }),
  baseSchema.extend({ ...endSchema, state: z.literal('grace'), graceUntil: timeSchema }),
  baseSchema.extend({ ...endSchema, state: z.literal('closing') }),
  baseSchema.extend({ ...endSchema, state: z.literal('closed') }),
]);

const schemaSchema = z.looseObject({ schema: z.literal(SCHEMA).default(SCHEMA) });

/** Fields that every stored record has, in whatever state: the release before reads them. */
const EMPTY = { endReason: null, endedAt: null, graceUntil: null, shares: [], publicPorts: [] };
const EMPTY_NAMES = new Set(Object.keys(EMPTY));

/** In the store a retained session is in `grace`, the word that the release before reads. */
function storedFormOf(record: SessionRecord): object {
  if (record.state !== 'retained') return record;
  const { retainedUntil, ...rest } = record;
  return { ...rest, state: 'grace', graceUntil: retainedUntil };
}

/** What is written for a record. */
export function encodeSession(record: SessionRecord): string {
  return JSON.stringify({
    schema: SCHEMA,
    ...EMPTY,
    ...storedFormOf(record),
    shares: sharesOf(record),
    publicPorts: publicPortsOf(record),
  });
}

/** The record that `value` was written for. @throws ZodError for what is of another form or version. */
export function decodeSession(value: unknown): SessionRecord {
  const { schema: _schema, ...stored } = schemaSchema.parse(value);
  const isEmpty = (name: string, held: unknown) =>
    EMPTY_NAMES.has(name) && (held === null || (stored.state !== 'active' && Array.isArray(held) && held.length === 0));
  const record = sessionSchema.parse(
    Object.fromEntries(Object.entries(stored).filter(([name, held]) => !isEmpty(name, held))),
  );
  if (record.state !== 'grace') return record;
  const { graceUntil, ...rest } = record;
  return { ...rest, state: 'retained', retainedUntil: graceUntil };
}
