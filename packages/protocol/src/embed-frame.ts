/**
 * What a page of another site and the frame on it say to each other, over a MessagePort that the page gives the frame with its greeting. The
 * page may be hostile: the frame parses each message by these schemas and does nothing else. Terminal bytes never cross.
 */
import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { nodeNameSchema, portNumberSchema } from './ids.ts';

/** Of a greeting. Another version is not answered. */
export const EMBED_VERSION = 1;
/** A text that a page wants to have typed, or a file that it writes (characters); a longer script is a file of the lab. */
export const MAX_EMBED_TEXT = 64 * 1024;
/** Texts that wait in a frame until its terminals are ready. */
export const MAX_EMBED_WAITING = 20;

/** Ids of what was asked, chosen by the page, so that answers find their question. */
const askIdSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** What a frame gave a page to keep for it, where it may not store anything itself: opaque, of no use elsewhere. */
export const embedHandleSchema = z.string().regex(/^[\w.-]{1,512}$/);

/** The first message, by `window.postMessage` with the port: proves that the page is the one that made the frame. */
export const embedGreetingSchema = z.strictObject({
  drydock: z.literal(EMBED_VERSION),
  nonce: z.string().regex(/^[\w-]{22}$/),
});

/** Colours and sizes; what is out of bounds is left out, not refused: it is decoration. */
export const embedThemeSchema = z.strictObject({
  scheme: z.enum(['auto', 'light', 'dark']).optional(),
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .optional(),
  /** In CSS pixels. */
  radius: z.number().min(0).max(32).optional(),
  fontSize: z.number().min(8).max(32).optional(),
});

/** From the page to the frame. */
export const embedRequestSchema = z.discriminatedUnion('type', [
  /** Begins, or goes on with what was there before the page was loaded anew; counts once. */
  z.strictObject({ type: z.literal('start'), handle: embedHandleSchema.optional() }),
  /** Types a text into a terminal, after the visitor's own start. */
  z.strictObject({
    type: z.literal('run'),
    id: askIdSchema,
    text: z.string().min(1).max(MAX_EMBED_TEXT),
    node: nodeNameSchema.optional(),
    /** From 1, of the node's terminals. */
    terminal: z.number().int().min(1).max(8).optional(),
  }),
  z.strictObject({
    type: z.literal('write'),
    id: askIdSchema,
    node: nodeNameSchema.optional(),
    path: z.string().min(1).max(4096),
    content: z.string().max(MAX_EMBED_TEXT),
  }),
  z.strictObject({ type: z.literal('show'), node: nodeNameSchema }),
  /** Offers a port of a node: the visitor's press in the frame opens it in a tab. */
  z.strictObject({
    type: z.literal('open'),
    node: nodeNameSchema,
    port: portNumberSchema,
    path: z.string().max(4096).regex(/^\//).optional(),
  }),
  z.strictObject({ type: z.literal('focus') }),
  z.strictObject({ type: z.literal('theme'), theme: embedThemeSchema }),
  /** Comes with a port to another frame of ours on the same page: `give` lets that one into this one's session, `take` waits for it. */
  z.strictObject({ type: z.literal('share'), role: z.enum(['give', 'take']) }),
  z.strictObject({ type: z.literal('end') }),
]);

/** Where a frame is; each state has its own words in the frame. */
export const EMBED_STATES = ['idle', 'starting', 'waiting', 'ready', 'reconnecting', 'ended', 'refused'] as const;

/** From the frame to the page. */
export const embedNewsSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('state'),
    state: z.enum(EMBED_STATES),
    nodes: z.array(nodeNameSchema).max(16).optional(),
    /** Place in the line of those who wait, from 1. */
    place: z.number().int().min(1).optional(),
    code: z.enum(ERROR_CODES).optional(),
    /** A sentence for people. */
    message: z.string().max(500).optional(),
    /** Seconds. */
    retryAfter: z.number().int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('ports'),
    ports: z.array(z.strictObject({ node: nodeNameSchema, port: portNumberSchema })).max(256),
  }),
  z.strictObject({
    type: z.literal('step'),
    step: z.number().int().min(1),
    steps: z.number().int().min(1),
    done: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('ran'),
    id: askIdSchema,
    /** The command's exit code; absent where the shell does not tell. */
    exit: z.number().int().min(0).max(255).optional(),
    code: z.enum(ERROR_CODES).optional(),
  }),
  z.strictObject({ type: z.literal('handle'), handle: embedHandleSchema }),
  z.strictObject({ type: z.literal('height'), pixels: z.number().int().min(0).max(10_000) }),
]);

export type EmbedGreeting = z.infer<typeof embedGreetingSchema>;
export type EmbedTheme = z.infer<typeof embedThemeSchema>;
export type EmbedRequest = z.infer<typeof embedRequestSchema>;
export type EmbedNews = z.infer<typeof embedNewsSchema>;
export type EmbedState = (typeof EMBED_STATES)[number];
