/**
 * The realtime contract with browsers: socket.io namespace `/session`, `auth: {sessionId, token?}` (the cookie serves as token too).
 * Every call is acknowledged with its answer's fields or `{error}`. docs/PROTOCOL.md holds the numbered rules.
 */
import { z } from 'zod';
import type { ErrorBody } from '../errors.ts';
import { nodeNameSchema, sessionIdSchema, terminalIdSchema, tokenSchema } from '../ids.ts';
import { labCallSchemas, labLeafSchema, labViewSchema } from '../lab/lab.ts';
import {
  attachResultSchema,
  colsSchema,
  offsetSchema,
  outputBytesSchema,
  rowsSchema,
  terminalExitSchema,
  terminalInputSchema,
  terminalResizeSchema,
  terminalViewSchema,
} from '../terminal/terminal.ts';
import { nodeViewSchema } from './node.ts';
import { hereSchema, personSchema } from './people.ts';
import { publishedPortSchema } from './ports.ts';
import {
  type EndReason,
  endReasonSchema,
  type RetentionView,
  retentionViewSchema,
  rightSchema,
  sessionViewSchema,
} from './session.ts';
import { swarmStateSchema, swarmStepSchema } from './swarm.ts';
import { timelineEntrySchema } from './timeline.ts';

export const SESSION_NAMESPACE = '/session';

export const sessionAuthSchema = z.object({ sessionId: sessionIdSchema, token: tokenSchema.optional() });

/** client -> server calls: the request's schema and its answer's. */
export const sessionCalls = {
  'terminal:open': {
    request: z.object({ node: nodeNameSchema, cols: colsSchema, rows: rowsSchema }),
    answer: z.object({ terminalId: terminalIdSchema, offset: offsetSchema }),
  },
  'terminal:attach': {
    request: z.object({ terminalId: terminalIdSchema, offset: offsetSchema }),
    answer: attachResultSchema,
  },
  'terminal:detach': { request: z.object({ terminalId: terminalIdSchema }), answer: z.object({}) },
  'terminal:input': { request: terminalInputSchema, answer: z.object({}) },
  'terminal:resize': { request: terminalResizeSchema, answer: z.object({}) },
  'terminal:close': { request: z.object({ terminalId: terminalIdSchema }), answer: z.object({}) },
  /** Says who this page is and what it looks at; others see it as a `person` change. */
  'session:here': { request: hereSchema, answer: z.object({}) },
  /** Measures the way there and back; the answer is empty. */
  'session:ping': { request: z.object({}), answer: z.object({}) },
  ...labCallSchemas,
} as const;
export type SessionCall = keyof typeof sessionCalls;
export type SessionCallRequest<C extends SessionCall> = z.input<(typeof sessionCalls)[C]['request']>;
export type SessionCallAnswer<C extends SessionCall> = z.output<(typeof sessionCalls)[C]['answer']>;

/** client -> server without an answer: all bytes before `offset` are drawn. */
export const terminalAckSchema = z.object({ terminalId: terminalIdSchema, offset: offsetSchema });

export const terminalOutputSchema = z.object({
  terminalId: terminalIdSchema,
  offset: offsetSchema,
  data: outputBytesSchema,
});
export type TerminalOutput = z.infer<typeof terminalOutputSchema>;

/** A viewer that fell too far behind gets a screen in place of the bytes it missed; output goes on at `offset`. */
export const terminalScreenSchema = z.object({
  terminalId: terminalIdSchema,
  screen: z.string(),
  offset: offsetSchema,
});

/** One change of the session's state; applying all of them in order to the snapshot gives the state of now. */
export const sessionChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('node'), node: nodeViewSchema }),
  z.object({ kind: z.literal('node-gone'), name: nodeNameSchema, reason: z.enum(['deleted', 'lost', 'failed']) }),
  z.object({ kind: z.literal('ports'), node: nodeNameSchema, ports: z.array(publishedPortSchema) }),
  z.object({
    kind: z.literal('session'),
    name: sessionViewSchema.shape.name,
    state: sessionViewSchema.shape.state,
    expiresAt: z.number().int(),
    frozen: sessionViewSchema.shape.frozen,
  }),
  /** The session ends at `at` (ms since the epoch): its time runs out, or nobody does anything in it. */
  z.object({
    kind: z.literal('warning'),
    reason: z.enum(['expiry', 'idle']),
    minutes: z.number().int(),
    at: z.number().int(),
  }),
  z.object({ kind: z.literal('terminal'), terminal: terminalViewSchema }),
  z.object({ kind: z.literal('terminal-gone'), terminalId: terminalIdSchema }),
  z.object({ kind: z.literal('person'), person: personSchema }),
  z.object({ kind: z.literal('person-gone'), id: personSchema.shape.id }),
  /** A template at work; `failed` ends it, with everything it made taken back. */
  z.object({
    kind: z.literal('progress'),
    text: z.string(),
    done: z.number(),
    total: z.number(),
    failed: z.boolean().optional(),
  }),
  /** The swarm's picture, one step on. */
  z.object({ kind: z.literal('swarm'), step: swarmStepSchema }),
  /** The session's lab as a whole: it began, a step was opened or done, something was answered. */
  z.object({ kind: z.literal('lab'), lab: labViewSchema.nullable() }),
  /** Leaves of the open step that changed; those that are not named stay as they are. */
  z.object({ kind: z.literal('lab-leaves'), step: z.string(), leaves: z.array(labLeafSchema) }),
  /** One more entry of the timeline; those before are asked for by `GET …/timeline`. */
  z.object({ kind: z.literal('timeline'), entry: timelineEntrySchema }),
]);
export type SessionChange = z.infer<typeof sessionChangeSchema>;

export const sessionSnapshotSchema = z.object({
  seq: z.number().int(),
  right: rightSchema,
  session: sessionViewSchema,
  terminals: z.array(terminalViewSchema),
  /** Set while a host of the session has not told what it has: terminals that are not listed may live (T-15). */
  terminalsPending: z.boolean().optional(),
  ports: z.record(nodeNameSchema, z.array(publishedPortSchema)),
  swarm: swarmStateSchema,
  /** The lab, where the session has one and this manager has learnt how it stands; else a `lab` change follows. */
  lab: labViewSchema.nullish(),
  /** Who is here, without the page that the snapshot is for. */
  people: z.array(personSchema).default([]),
});
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;

export const sessionChangeEventSchema = z.object({ seq: z.number().int(), change: sessionChangeSchema });
export type SessionChangeEvent = z.infer<typeof sessionChangeEventSchema>;

/** `session:ended`: what is not of this form is an end all the same, without a reason. */
export const sessionEndedSchema = z
  .object({
    reason: z.union([endReasonSchema, z.literal('revoked')]).catch('closed'),
    text: z.string().optional().catch(undefined),
    retention: retentionViewSchema.optional().catch(undefined),
  })
  .catch({ reason: 'closed' });

/** The server's events of a terminal, by name. */
export const terminalEventSchemas = {
  'terminal:screen': terminalScreenSchema,
  'terminal:size': terminalResizeSchema,
  'terminal:exit': terminalExitSchema,
} as const;

/** An acknowledgement as it crosses the wire. */
export type Acked<T> = T | { error: ErrorBody };

/** socket.io's typing of what the server sends. */
export interface SessionServerEvents {
  'session:snapshot': (snapshot: SessionSnapshot) => void;
  'session:change': (event: SessionChangeEvent) => void;
  /** The session is over; the socket is closed after it. `retention`: what its owner may still fetch; `text`: why the operator ended it. */
  'session:ended': (why: { reason: EndReason | 'revoked'; text?: string; retention?: RetentionView }) => void;
  'terminal:output': (output: TerminalOutput) => void;
  'terminal:screen': (screen: z.infer<typeof terminalScreenSchema>) => void;
  'terminal:size': (size: { terminalId: string; cols: number; rows: number }) => void;
  'terminal:exit': (exit: z.infer<typeof terminalExitSchema>) => void;
}

/** socket.io's typing of what the client sends. */
export type SessionClientEvents = {
  [C in SessionCall]: (request: SessionCallRequest<C>, ack: (answer: Acked<SessionCallAnswer<C>>) => void) => void;
} & { 'terminal:ack': (ack: z.input<typeof terminalAckSchema>) => void };
