/** Calls of a frame on a page of another site. No cookie is read and none is set: the token goes with each call. */
import {
  createEmbedSessionRequestSchema,
  DrydockError,
  embedSessionResponseSchema,
  resumeEmbedRequestSchema,
} from '@drydock/protocol';
import type { SessionViews } from '../../../live/session-view.ts';
import type { Reaper } from '../../../sessions/reaper.ts';
import type { SessionDirectory } from '../../../sessions/session-directory.ts';
import type { SessionService } from '../../../sessions/session-service.ts';
import type { EmbedStarts } from '../../../sites/embed-starts.ts';
import type { Sites } from '../../../sites/sites.ts';
import type { Origins } from '../../base/origins.ts';
import type { Tokens } from '../../base/tokens.ts';
import { type ApiRegistry, DELETE_PATIENCE_MS } from '../api-route.ts';
import type { StartGate } from '../start-gate.ts';

export interface EmbedRoutesDeps {
  sites: Sites;
  starts: EmbedStarts;
  gate: StartGate;
  web: { origins: Origins; tokens: Tokens };
  views: SessionViews;
  sessions: { service: SessionService; directory: SessionDirectory; reaper: Reaper };
}

/** Declares the calls. */
export function embedRoutes(api: ApiRegistry, deps: EmbedRoutesDeps): void {
  const { sites, starts, gate, views } = deps;
  const { origins, tokens } = deps.web;
  const { service, directory, reaper } = deps.sessions;

  api.open(
    {
      method: 'POST',
      path: '/embed/sessions',
      summary: 'Begin a session in a frame on a page of another site, on the terms of its key.',
      body: createEmbedSessionRequestSchema,
      answer: embedSessionResponseSchema,
      status: 201,
    },
    async ({ request, body }) => {
      const grant = await sites.grant(body);
      const { address, client } = await gate.enterFrame(request, body.work, grant.keyed);
      const { origin, lab, template, nodes, queue = address } = body;
      const begun = await starts.begin(grant, { origin, lab, template, nodes, queue, address, client });
      const { session, token, handle } = begun;
      const shown = views.session(directory.get(session.id) ?? session);
      return { session: shown, token, handle, readTerminal: grant.readTerminal };
    },
  );

  api.open(
    {
      method: 'POST',
      path: '/embed/resume',
      summary: 'Go on with the session of a handle, after the page was loaded anew.',
      body: resumeEmbedRequestSchema,
      answer: embedSessionResponseSchema,
      status: 200,
    },
    async ({ request, body }) => {
      if (!origins.isSameOrigin(request.raw)) throw new DrydockError('FORBIDDEN');
      const grant = await sites.grant(body);
      const address = origins.clientAddress(request.raw);
      const { handle } = body;
      const { id, token } = starts.recall(grant, { origin: body.origin, address }, handle);
      const { session } = await tokens.authorizeToken(address, id, token, 'collaborator');
      return { session: views.session(session), token, handle, readTerminal: grant.readTerminal };
    },
  );

  api.session(
    {
      method: 'DELETE',
      path: '/embed/sessions/:id',
      summary: 'End a session that a frame began.',
      right: 'collaborator',
      status: 204,
    },
    async ({ access }) => {
      // Any other session is its owner's to end.
      if (access.session.embed === undefined) throw new DrydockError('FORBIDDEN');
      await service.end(access.session.id, 'closed');
      await reaper.waitFor(access.session.id, DELETE_PATIENCE_MS);
    },
  );
}
