/** Calls on labs: the catalogue, a session's lab and its statement, and the files that a lab brings along. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  checkStatementRequestSchema,
  checkStatementResponseSchema,
  DrydockError,
  labCallSchemas,
  labResponseSchema,
  labStatementResponseSchema,
  labsResponseSchema,
  labVersionSchema,
  labViewSchema,
  sessionViewSchema,
  startLabRequestSchema,
} from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { FastifyInstance } from 'fastify';
import type { LabBook } from '../../../labs/lab-book.ts';
import { labCallTable } from '../../../labs/lab-calls.ts';
import { labEntry } from '../../../labs/lab-entry.ts';
import { createLabMask } from '../../../labs/lab-mask.ts';
import type { LabStarts } from '../../../labs/lab-starts.ts';
import { labStatement } from '../../../labs/lab-view.ts';
import type { Labs } from '../../../labs/labs.ts';
import type { SessionViews } from '../../../live/session-view.ts';
import { requireOwnPlace, requireThawed } from '../../../model/session.ts';
import type { SessionDirectory } from '../../../sessions/session-directory.ts';
import { API_PREFIX, type ApiRegistry } from '../api-route.ts';

export interface LabRoutesDeps {
  labs: Labs;
  book: LabBook;
  starts: LabStarts;
  settings: {
    /** Places from which labs may be had by address. */
    forges: readonly string[];
    secret: string;
  };
  views: Pick<SessionViews, 'session'>;
  directory: Pick<SessionDirectory, 'get'>;
  clock: Clock;
}

/** Pictures that a page may show; everything else of a lab is a download. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['svg', 'image/svg+xml'],
]);

/** A statement as it was signed; undefined for what is nested deeper than can be written, which was never ours. */
function textOf(statement: object): string | undefined {
  try {
    return JSON.stringify(statement);
  } catch {
    return undefined;
  }
}

/** Declares the calls. */
export function labRoutes(app: FastifyInstance, api: ApiRegistry, deps: LabRoutesDeps): void {
  const { labs, book, starts, views, directory, clock } = deps;
  const { forges, secret } = deps.settings;
  const sign = (text: string) => createHmac('sha256', `${secret} lab-statement`).update(text).digest();

  api.open(
    { method: 'GET', path: '/labs', summary: 'The labs of this place.', answer: labsResponseSchema, status: 200 },
    async () => ({
      labs: book.all().map((lab) => labEntry(lab, starts.nodesOf(lab), secret)),
      forges: [...forges],
    }),
  );

  api.open(
    {
      method: 'GET',
      path: '/labs/:lab',
      summary: 'A lab as its readers see it (its id URL-encoded): no answers, no hidden scripts.',
      answer: labResponseSchema,
      status: 200,
    },
    async ({ params }) => {
      const lab = await book.find(String(params.lab));
      const { reader } = createLabMask(secret, lab.lab);
      return { entry: labEntry(lab, starts.nodesOf(lab), secret), lab: { ...reader } };
    },
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/lab',
      summary: 'Begin a lab in a session that has none; nodes of its names are used, missing ones are made.',
      right: 'collaborator',
      body: startLabRequestSchema,
      answer: sessionViewSchema,
      status: 202,
    },
    async ({ access, body }) => {
      requireThawed(access.session);
      requireOwnPlace(access.session);
      const lab = await book.find(body.lab);
      await starts.begin(access.session.id, lab);
      return views.session(directory.get(access.session.id) ?? access.session);
    },
  );

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/lab',
      summary: 'How the session’s lab stands; what its steps say is in `GET /sessions/:id/lab/text`.',
      right: 'viewer',
      answer: labViewSchema,
      status: 200,
    },
    async ({ access }) => {
      await labs.require(access.session.id);
      return labs.view(access.session.id);
    },
  );

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/lab/text',
      summary: 'The version of the lab that the session goes by, as its readers see it.',
      right: 'viewer',
      answer: labResponseSchema,
      status: 200,
    },
    async ({ access }) => {
      const { lab, mask } = await labs.require(access.session.id);
      return { entry: labEntry(lab, starts.nodesOf(lab), secret), lab: { ...mask.reader } };
    },
  );

  for (const [name, { request, answer }] of Object.entries(labCallSchemas)) {
    const spec = labCallTable[name as keyof typeof labCallSchemas];
    api.session(
      {
        method: 'POST',
        path: `/sessions/:id/lab/${name.slice('lab:'.length)}`,
        summary: `The same as the call \`${name}\` of a page.`,
        right: spec.right,
        body: request,
        answer,
        status: 200,
      },
      async ({ access, body }) => spec.run({ labs, sessionId: access.session.id }, body as never),
    );
  }

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/lab/statement',
      summary: 'What was checked in the session’s lab, signed by this place.',
      right: 'viewer',
      answer: labStatementResponseSchema,
      status: 200,
    },
    async ({ access, reply }) => {
      const loaded = await labs.require(access.session.id);
      const statement = labStatement(access.session.id, loaded, clock.now());
      reply.header('content-disposition', `attachment; filename="lab-statement-${access.session.id}.json"`);
      return { statement, signature: sign(JSON.stringify(statement)).toString('hex') };
    },
  );

  api.open(
    {
      method: 'POST',
      path: '/labs/statement',
      summary: 'Whether this place signed a statement.',
      body: checkStatementRequestSchema,
      answer: checkStatementResponseSchema,
      status: 200,
    },
    async ({ body }) => {
      const given = Buffer.from(body.signature, 'hex');
      const text = textOf(body.statement);
      const right = text === undefined ? undefined : sign(text);
      return { genuine: right !== undefined && given.length === right.length && timingSafeEqual(given, right) };
    },
  );

  app.get(`${API_PREFIX}/lab-assets/:version/*`, async (request, reply) => {
    const { version, '*': path = '' } = request.params as { version: string; '*': string };
    if (!labVersionSchema.safeParse(version).success) throw new DrydockError('NOT_FOUND');
    const file = book.asset(version, path);
    if (file === undefined) throw new DrydockError('NOT_FOUND');
    const type = SHOWN.get(/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '');
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    reply.header('content-type', type ?? 'application/octet-stream');
    if (type === undefined) reply.header('content-disposition', 'attachment');
    return reply.send(file.bytes);
  });
}
