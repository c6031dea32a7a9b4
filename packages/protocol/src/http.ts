/** Requests and answers of the public HTTP API, `/api/v1` (the contract; documented in /api/v1/openapi.json). */
import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { hostFeaturesSchema } from './host-features.ts';
import { hostNameSchema, nodeNameSchema, tokenSchema } from './ids.ts';
import { labIdSchema } from './lab/lab.ts';
import * as limits from './limits.ts';
import { nodeViewSchema } from './session/node.ts';
import { portHostSchema, portVisibilitySchema, publishedPortSchema } from './session/ports.ts';
import { linkViewSchema, rightSchema, sessionViewSchema } from './session/session.ts';
import { workSchema } from './work.ts';

export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retry: z.enum(['never', 'later', 'now']),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

const sessionNameSchema = z.string().trim().min(1).max(limits.MAX_SESSION_NAME_LENGTH);

/** `POST /sessions`; `hours` may be a fraction. */
export const createSessionRequestSchema = z.strictObject({
  template: z.string().max(64).optional(),
  /** A lab of `GET /labs`: its nodes are made, and it begins. Not together with `template`. */
  lab: labIdSchema.optional(),
  hours: z.number().positive().max(168).optional(),
  name: sessionNameSchema.optional(),
  /** A random word of the caller's own that keeps its place in the queue over retries and reloads; without it, its address does. */
  queue: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/)
    .optional(),
  /** Where the operator asks for it: the answer to WORK_REQUIRED. Good once. */
  work: workSchema.optional(),
});
export type CreateSessionRequest = z.infer<typeof createSessionRequestSchema>;

/** `links` are URLs that open the session with their right; `token` is the owner's. */
export const createSessionResponseSchema = z.object({
  session: sessionViewSchema,
  token: tokenSchema,
  links: z.object({ owner: z.string(), collaborator: z.string(), viewer: z.string() }),
});
export type CreateSessionResponse = z.infer<typeof createSessionResponseSchema>;

/** `POST /sessions/:id/open`: the page hands over the token of its address's fragment and gets the HttpOnly cookie `dd_<id>`. */
export const openSessionRequestSchema = z.strictObject({ token: tokenSchema });
export const openSessionResponseSchema = z.object({ right: rightSchema, session: sessionViewSchema });
export type OpenSessionResponse = z.infer<typeof openSessionResponseSchema>;

/** `PATCH /sessions/:id`: another name, or none. */
export const patchSessionRequestSchema = z.strictObject({ name: sessionNameSchema.nullable() });

export const createLinkRequestSchema = z.strictObject({ right: rightSchema });
export const createLinkResponseSchema = z.object({ link: linkViewSchema, token: tokenSchema, url: z.string() });

/** `GET /sessions/:id/links`, owner only: never tokens, only what can be revoked. */
export const linksResponseSchema = z.array(linkViewSchema);

export const extendRequestSchema = z.strictObject({ hours: z.number().positive().max(168) });
export const applyTemplateRequestSchema = z.strictObject({ template: z.string().max(64) });

export const createNodeRequestSchema = z.strictObject({ name: nodeNameSchema.optional() });
export const createNodeResponseSchema = nodeViewSchema;

export const execRequestSchema = z.strictObject({
  command: z.array(z.string().max(limits.MAX_EXEC_ARGUMENT_BYTES)).min(1).max(limits.MAX_EXEC_ARGUMENTS),
  stdin: z.string().max(limits.MAX_EXEC_STDIN_BYTES).optional(),
  timeoutSeconds: z.number().positive().max(limits.MAX_EXEC_TIMEOUT_SECONDS).optional(),
  workingDir: z.string().max(4096).regex(/^\//).optional(),
});
export type ExecRequest = z.infer<typeof execRequestSchema>;

export const execResponseSchema = z.object({
  exitCode: z.number().int(),
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.boolean(),
  durationMs: z.number().nonnegative(),
});
export type ExecResponse = z.infer<typeof execResponseSchema>;

export const portsResponseSchema = z.array(publishedPortSchema);
export const patchPortRequestSchema = z
  .strictObject({ visibility: portVisibilitySchema.optional(), host: portHostSchema.optional() })
  .refine((choice) => Object.values(choice).some((value) => value !== undefined), { message: 'nothing to change' });

/** `POST …/ports/:port/share`: a link that opens one port for a while; `url` holds its secret. */
export const sharePortRequestSchema = z.strictObject({
  minutes: z
    .number()
    .positive()
    .max(7 * 24 * 60),
});
export const sharePortResponseSchema = z.object({ url: z.string(), expiresAt: z.number().int() });

/** `GET …/files?list=1`. */
export const fileEntrySchema = z.object({
  name: z.string(),
  kind: z.enum(['file', 'directory', 'link', 'other']),
  sizeBytes: z.number().int().nonnegative(),
  /** Milliseconds since the epoch. */
  modifiedAt: z.number().int(),
  /** Permission bits, e.g. 0o644. */
  mode: z.number().int().nonnegative(),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
  /** Where a symbolic link points. */
  target: z.string().optional(),
  /** What is there, when the entry is a link. */
  targetKind: z.enum(['file', 'directory', 'other', 'missing']).optional(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;
export const fileListResponseSchema = z.object({
  path: z.string(),
  entries: z.array(fileEntrySchema),
  /** True when the directory holds more entries than an answer does. */
  truncated: z.boolean(),
});
export type FileListResponse = z.infer<typeof fileListResponseSchema>;

/** An absolute path in a node; names may hold anything but NUL. */
export const filePathSchema = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^\/[^\0]*$/, 'must be an absolute path');

/** `POST …/files?path=`: makes a folder there, or gives what is there another path (`to`, whose folder exists). */
export const fileActionRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('make-directory') }),
  z.strictObject({ action: z.literal('move'), to: filePathSchema, replace: z.boolean().optional() }),
]);
export type FileActionRequest = z.input<typeof fileActionRequestSchema>;

/** A random word of the uploader's own, that keeps the pieces of one file together. */
export const uploadIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

/** `PUT …/files?path=`: the file is there; or, in an upload of pieces, so many of its bytes are. */
export const fileWriteResponseSchema = z.discriminatedUnion('complete', [
  z.object({ complete: z.literal(true), etag: z.string(), sizeBytes: z.number().int(), created: z.boolean() }),
  z.object({ complete: z.literal(false), receivedBytes: z.number().int() }),
]);
export type FileWriteResponse = z.infer<typeof fileWriteResponseSchema>;

export const templateViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  nodes: z.array(nodeNameSchema),
  /** How soon it is usually ready (whole seconds), where that was measured. */
  readySeconds: z.number().int().positive().optional(),
});
export type TemplateView = z.infer<typeof templateViewSchema>;

/** An image of the library that nodes pull without the internet. */
export const libraryImageSchema = z.object({
  repository: z.string(),
  tags: z.array(z.string()),
  description: z.string(),
  sizeBytes: z.number().int().nonnegative(),
});
export type LibraryImage = z.infer<typeof libraryImageSchema>;

/** `GET /me`: `required` means that only those who signed in create sessions. */
export const meResponseSchema = z.object({
  signIn: z.enum(['off', 'optional', 'required']),
  user: z.object({ name: z.string(), sessions: z.number().int(), maxSessions: z.number().int() }).nullable(),
});
export type MeResponse = z.infer<typeof meResponseSchema>;

/** `POST /hosts/join`: a host brings a one-time token and the SHA-256 (hex) of a key that it keeps for itself. */
export const joinHostRequestSchema = z.strictObject({
  token: tokenSchema,
  name: hostNameSchema,
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
});
export const joinHostResponseSchema = z.object({ name: hostNameSchema });

/** `POST /hosts/rotate`: a host that joined brings its key, for the last time as the newest, and the SHA-256 (hex) of the next. */
export const rotateHostKeyRequestSchema = z.strictObject({
  name: hostNameSchema,
  key: z.string().min(32).max(256),
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
});
/** `goodUntil`: when the new key ends; `oldGoodUntil`: until when the one before is let in too (ms since the epoch). */
export const rotateHostKeyResponseSchema = z.object({ goodUntil: z.number(), oldGoodUntil: z.number() });

export const statusResponseSchema = z.object({
  version: z.string(),
  ready: z.boolean(),
  hosts: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['connected', 'draining', 'lost']),
      nodes: z.number().int(),
      pool: z.number().int(),
      features: hostFeaturesSchema,
    }),
  ),
  sessions: z.number().int(),
  capacity: z.object({ nodes: z.number().int(), free: z.number().int() }),
  pool: z.number().int(),
  library: z.array(libraryImageSchema),
  sessionHours: z.number(),
  maxHours: z.number(),
  /** The operator lets no new sessions start, and says this to visitors. */
  startsStopped: z.string().optional(),
});
export type StatusResponse = z.infer<typeof statusResponseSchema>;
