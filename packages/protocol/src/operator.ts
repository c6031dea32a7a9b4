/** What an operator asks and orders: sessions from outside and never their content, blocks, the stop of starts, usage, the audit trail. */
import { z } from 'zod';
import { trafficSchema } from './agent/session-network.ts';
import { hostNameSchema, nodeNameSchema, sessionIdSchema, tokenSchema } from './ids.ts';
import { processHealthSchema } from './process-health.ts';
import { refusalsSchema } from './refusals.ts';
import { sessionStateSchema } from './session/session.ts';

/** Longest reason, note or message of an operator (characters): it is shown as one paragraph. */
export const MAX_OPERATOR_TEXT = 500;
/** Blocks at a time: whoever needs more needs a firewall. */
export const MAX_BLOCKS = 1000;
/** Longest block (h): a year; what must last longer is a rule of the network. */
export const MAX_BLOCK_HOURS = 8784;
/** Entries of the audit trail that are kept; the log has them all. */
export const MAX_AUDIT_ENTRIES = 1000;
/** Samples of load that a manager remembers. */
export const MAX_LOAD_SAMPLES = 120;

const operatorTextSchema = z.string().trim().min(1).max(MAX_OPERATOR_TEXT);
/** Milliseconds since the epoch. */
const timeSchema = z.number().int();

export const operatorNodeSchema = z.object({
  name: nodeNameSchema,
  host: z.string(),
  state: z.enum(['creating', 'running', 'destroying', 'lost']),
  /** Processors in use, and how many it may use; null while its host says nothing. */
  cpus: z.number().nullable(),
  maxCpus: z.number(),
  memoryBytes: z.number().nullable(),
});

/** A session as an operator sees it: no name, no link, no command, no file, no screen. */
export const operatorSessionSchema = z.object({
  id: sessionIdSchema,
  state: sessionStateSchema,
  template: z.string().nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  /** The address that created it or its keyed hash, as DRYDOCK_AUDIT_ADDRESS says; null where that is `none`. */
  client: z.string().nullable(),
  /** The hash of who signed in for it. */
  person: z.string().nullable(),
  hosts: z.array(z.string()),
  nodes: z.array(operatorNodeSchema),
  /** Processors in use now. */
  cpus: z.number(),
  /** Processor time used since this manager heard of it (s). */
  cpuSeconds: z.number(),
  /** To and from the outside, over all of its hosts. */
  network: trafficSchema,
  /** Packets that its network refused, by reason. */
  refused: refusalsSchema,
  note: z.string().nullable(),
  frozen: z.object({ at: timeSchema, reason: z.string() }).nullable(),
  /** What a rule has seen in it. */
  flag: z.object({ at: timeSchema, text: z.string() }).nullable(),
});
export type OperatorSession = z.infer<typeof operatorSessionSchema>;
export const operatorSessionsSchema = z.array(operatorSessionSchema);

export const reasonRequestSchema = z.strictObject({ reason: operatorTextSchema });
export const noteRequestSchema = z.strictObject({ note: z.string().trim().max(MAX_OPERATOR_TEXT) });

/** `network`: `203.0.113.0/24`; `client`: the keyed hash of an address; `person`: the hash of who signed in. */
export const blockSchema = z.object({
  id: z.string(),
  kind: z.enum(['network', 'client', 'person']),
  value: z.string(),
  reason: z.string(),
  by: z.string(),
  createdAt: timeSchema,
  until: timeSchema,
});
export type Block = z.infer<typeof blockSchema>;
export const blocksSchema = z.array(blockSchema);

/** `target`: an address, a network, a client or a person as sessions show them; or `session`: the client (else the person) of one. */
export const blockRequestSchema = z
  .strictObject({
    target: z.string().trim().min(1).max(128).optional(),
    session: sessionIdSchema.optional(),
    hours: z.number().positive().max(MAX_BLOCK_HOURS),
    reason: operatorTextSchema,
    /** Ends the sessions of whom it names, too. */
    endSessions: z.boolean().optional(),
  })
  .refine(({ target, session }) => (target === undefined) !== (session === undefined), {
    message: 'target or session, one of them',
  });
export const blockAnswerSchema = z.object({ block: blockSchema, ended: z.array(sessionIdSchema) });

export const stopStartsRequestSchema = z.strictObject({ message: operatorTextSchema });
export const startsStopSchema = z.object({ message: z.string(), by: z.string(), at: timeSchema });
export type StartsStop = z.infer<typeof startsStopSchema>;
export const startsSchema = z.object({ stopped: startsStopSchema.nullable() });

export const usageEntrySchema = z.object({
  kind: z.enum(['client', 'person']),
  who: z.string(),
  sessions: z.number().int(),
  nodes: z.number().int(),
  cpus: z.number(),
  cpuSeconds: z.number(),
  sentBytes: z.number(),
  receivedBytes: z.number(),
});
export const usageSchema = z.array(usageEntrySchema);
export type UsageEntry = z.infer<typeof usageEntrySchema>;

export const auditEntrySchema = z.object({
  at: timeSchema,
  /** Who: a name that an operator's program gave, a person who signed in, `link` or `rule`. */
  by: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.string().optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditSchema = z.array(auditEntrySchema);

export const loadSchema = z.object({
  /** Between two samples (ms). */
  stepMs: z.number(),
  samples: z
    .array(z.object({ at: timeSchema, sessions: z.number(), nodes: z.number(), cpus: z.number(), queue: z.number() }))
    .max(MAX_LOAD_SAMPLES),
});
export type Load = z.infer<typeof loadSchema>;

/** A host as an operator sees it; one that joined and was never seen since this manager started has a name and `unseen` only. */
export const operatorHostSchema = z.object({
  name: hostNameSchema,
  state: z.enum(['connected', 'draining', 'lost', 'unseen']),
  since: timeSchema.optional(),
  version: z.string().optional(),
  nodes: z.number().int(),
  maxNodes: z.number().int().optional(),
  pool: z.number().int().optional(),
  draining: z.boolean(),
});
export type OperatorHost = z.infer<typeof operatorHostSchema>;

export const operatorStatusSchema = z.object({
  version: z.string(),
  hosts: z.array(operatorHostSchema),
  sessions: z.object({ active: z.number(), retained: z.number(), closing: z.number(), closed: z.number() }),
  sockets: z.number().int(),
  capacity: z.object({ nodes: z.number(), free: z.number() }),
  queue: z.number().nullable(),
  errors: z.array(z.looseObject({ at: timeSchema, code: z.string(), where: z.string() })),
  /** Each process that can be asked; those of hosts have the host's name. */
  processes: z.array(processHealthSchema.extend({ host: hostNameSchema.optional() })),
  starts: startsSchema,
});
export type OperatorStatus = z.infer<typeof operatorStatusSchema>;

/** `POST /operator/links`: a link that opens the operator's page once. */
export const operatorLinkSchema = z.object({ url: z.string(), minutes: z.number() });
/** `POST /operator/sign-in` of the page: the token of such a link. */
export const operatorSignInSchema = z.strictObject({ token: tokenSchema });
export const operatorMeSchema = z.object({ by: z.string(), signIn: z.boolean() });
