/** Calls on sessions: create, open by link, look, extend, share, end. */

import {
  applyTemplateRequestSchema,
  createLinkRequestSchema,
  createLinkResponseSchema,
  createSessionRequestSchema,
  createSessionResponseSchema,
  DrydockError,
  extendRequestSchema,
  linksResponseSchema,
  openSessionRequestSchema,
  openSessionResponseSchema,
  patchSessionRequestSchema,
  sessionViewSchema,
} from '@drydock/protocol';
import type { LabBook } from '../../../labs/lab-book.ts';
import type { LabStarts } from '../../../labs/lab-starts.ts';
import type { SessionViews } from '../../../live/session-view.ts';
import { requireOwnPlace, requireThawed } from '../../../model/session.ts';
import type { Reaper } from '../../../sessions/reaper.ts';
import type { SessionDirectory } from '../../../sessions/session-directory.ts';
import type { SessionService } from '../../../sessions/session-service.ts';
import type { TemplateRunner } from '../../../templates/template-runner.ts';
import type { TemplateBook } from '../../../templates/templates.ts';
import { serializeCookie, sessionCookieName } from '../../base/cookies.ts';
import type { Origins } from '../../base/origins.ts';
import type { Tokens } from '../../base/tokens.ts';
import { type ApiRegistry, DELETE_PATIENCE_MS, sessionParam } from '../api-route.ts';
import type { StartGate } from '../start-gate.ts';

export interface SessionRoutesDeps {
  sessions: { service: SessionService; directory: SessionDirectory; reaper: Reaper };
  views: SessionViews;
  web: { origins: Origins; tokens: Tokens };
  templates: { book: TemplateBook; runner: TemplateRunner };
  labs: { book: LabBook; starts: LabStarts };
  gate: StartGate;
  maxSessionHours: number;
}

/** Declares the calls. */
export function sessionRoutes(api: ApiRegistry, deps: SessionRoutesDeps): void {
  const { views, labs, gate, maxSessionHours } = deps;
  const { service, directory, reaper } = deps.sessions;
  const { origins, tokens } = deps.web;
  const { book, runner: templates } = deps.templates;
  const linkUrl = (id: string, token: string) => `${origins.publicBase}/s/${id}#${token}`;

  api.open(
    {
      method: 'POST',
      path: '/sessions',
      summary: 'Create a session.',
      body: createSessionRequestSchema,
      answer: createSessionResponseSchema,
      status: 201,
    },
    async ({ request, body }) => {
      const { address, client, userId } = await gate.enter(request, body.work);
      if (body.template !== undefined && body.lab !== undefined)
        throw new DrydockError('BAD_REQUEST', 'A session begins with a template or with a lab.');
      const template = body.template === undefined ? undefined : book.require(body.template);
      const lab = body.lab === undefined ? undefined : await labs.book.find(body.lab);
      const nodes = lab === undefined ? (template?.nodes.length ?? 0) : labs.starts.demand(lab);
      const { session, tokens: made } = await service.create({
        name: body.name,
        template: template?.id,
        hours: body.hours,
        nodes,
        queue: body.queue ?? address,
        userId,
        client,
        address,
      });
      if (template !== undefined) await templates.startNew(session.id, template);
      if (lab !== undefined) await labs.starts.beginNew(session.id, lab);
      return {
        session: views.session(directory.get(session.id) ?? session),
        token: made.owner,
        links: {
          owner: linkUrl(session.id, made.owner),
          collaborator: linkUrl(session.id, made.collaborator),
          viewer: linkUrl(session.id, made.viewer),
        },
      };
    },
  );

  api.open(
    {
      method: 'POST',
      path: '/sessions/:id/open',
      summary: 'Exchange a link’s token for a cookie.',
      body: openSessionRequestSchema,
      answer: openSessionResponseSchema,
      status: 200,
    },
    async ({ request, reply, body, params }) => {
      if (!origins.isSameOrigin(request.raw)) throw new DrydockError('FORBIDDEN');
      const id = sessionParam(params);
      const access = await tokens.authorizeToken(origins.clientAddress(request.raw), id, body.token, 'viewer', {
        alsoRetained: true,
      });
      // The session ends on the server; the cookie lasts as long as it could be extended.
      const maxAgeSeconds = maxSessionHours * 3600;
      const name = sessionCookieName(id, origins.secure);
      reply.header('set-cookie', serializeCookie(name, body.token, { secure: origins.secure, maxAgeSeconds }));
      return { right: access.right, session: views.session(access.session) };
    },
  );

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id',
      summary: 'A session with its nodes.',
      right: 'viewer',
      answer: sessionViewSchema,
      status: 200,
    },
    async ({ access }) => views.session(access.session),
  );

  api.session(
    {
      method: 'PATCH',
      path: '/sessions/:id',
      summary: 'Give a session another name, or none.',
      right: 'owner',
      body: patchSessionRequestSchema,
      answer: sessionViewSchema,
      status: 200,
    },
    async ({ access, body }) => views.session(await service.rename(access.session.id, body.name)),
  );

  api.session(
    {
      method: 'DELETE',
      path: '/sessions/:id',
      summary: 'End a session and destroy all of it; its retained files too.',
      right: 'owner',
      alsoRetained: true,
      status: 204,
    },
    async ({ access }) => {
      await service.end(access.session.id, 'closed');
      await reaper.waitFor(access.session.id, DELETE_PATIENCE_MS);
    },
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/extend',
      summary: 'Add hours, up to the operator’s maximum.',
      right: 'owner',
      body: extendRequestSchema,
      answer: sessionViewSchema,
      status: 200,
    },
    async ({ access, body }) => views.session(await service.extend(access.session.id, body.hours)),
  );

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/links',
      summary: 'The links that open the session.',
      right: 'owner',
      answer: linksResponseSchema,
      status: 200,
    },
    async ({ access }) => service.links(access.session),
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/links',
      summary: 'A new link with a token of its own.',
      right: 'owner',
      body: createLinkRequestSchema,
      answer: createLinkResponseSchema,
      status: 201,
    },
    async ({ access, body }) => {
      const { link, token } = await service.addLink(access.session.id, body.right);
      const { id, right, createdAt } = link;
      return { link: { id, right, createdAt }, token, url: linkUrl(access.session.id, token) };
    },
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/links/:linkId/rotate',
      summary: 'A new token for a link; the old one opens nothing from then on.',
      right: 'owner',
      answer: createLinkResponseSchema,
      status: 200,
    },
    async ({ access, params }) => {
      const { link, token } = await service.rotateLink(access.session.id, String(params.linkId));
      const { id, right, createdAt } = link;
      return { link: { id, right, createdAt }, token, url: linkUrl(access.session.id, token) };
    },
  );

  api.session(
    {
      method: 'DELETE',
      path: '/sessions/:id/links/:linkId',
      summary: 'Revoke a link; its sockets are closed at once.',
      right: 'owner',
      status: 204,
    },
    async ({ access, params }) => service.revokeLink(access.session.id, String(params.linkId)),
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/templates',
      summary: 'Apply a template to a session; progress comes as events.',
      right: 'collaborator',
      body: applyTemplateRequestSchema,
      status: 202,
    },
    async ({ access, body }) => {
      requireThawed(access.session);
      requireOwnPlace(access.session);
      await templates.apply(access.session.id, book.require(body.template));
      return {};
    },
  );
}
