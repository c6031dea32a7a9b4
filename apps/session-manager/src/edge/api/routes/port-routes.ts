/** Calls on ports: list, open to everybody, share for a while. */

import {
  CLOSED_PORTS,
  DrydockError,
  openPortRequestSchema,
  openPortResponseSchema,
  patchPortRequestSchema,
  portsResponseSchema,
  publishedPortSchema,
  sharePortRequestSchema,
  sharePortResponseSchema,
} from '@drydock/protocol';
import { portSettings, type SessionViews } from '../../../live/session-view.ts';
import type { SessionService } from '../../../sessions/session-service.ts';
import type { Origins } from '../../base/origins.ts';
import type { PortGateway } from '../../ports/gateway.ts';
import { type ApiRegistry, portParam } from '../api-route.ts';
import { nodeOf } from './node-routes.ts';

/** A port that may be opened. @throws DrydockError BAD_PORT, PORT_CLOSED. */
function openablePort(params: Record<string, string>): number {
  const port = portParam(params.port);
  if (CLOSED_PORTS.includes(port)) throw new DrydockError('PORT_CLOSED');
  return port;
}

/** Declares the calls. */
export function portRoutes(
  api: ApiRegistry,
  deps: { views: SessionViews; service: SessionService; origins: Origins; portGateway: PortGateway },
): void {
  const { views, service, origins, portGateway } = deps;

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/nodes/:node/ports',
      summary: 'What listens on the node, with addresses.',
      right: 'viewer',
      answer: portsResponseSchema,
      status: 200,
    },
    async ({ access, params }) => views.ports(access.session, nodeOf(access, params)),
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/nodes/:node/ports/:port/open',
      summary: 'An address that opens a port once, within a minute, in a browser that has no cookie of the session.',
      right: 'viewer',
      body: openPortRequestSchema,
      answer: openPortResponseSchema,
      status: 201,
    },
    async ({ access, params, body }) => {
      const port = openablePort(params);
      const { name: node } = nodeOf(access, params);
      const target = { sessionId: access.session.id, node, port };
      return { url: await portGateway.ticketUrl(target, access.linkId, body.path) };
    },
  );

  api.session(
    {
      method: 'PATCH',
      path: '/sessions/:id/nodes/:node/ports/:port',
      summary: 'Open a port to everybody, or to holders of links only; choose the Host that its program sees.',
      right: 'owner',
      body: patchPortRequestSchema,
      answer: publishedPortSchema.partial({ source: true, protocol: true }),
      status: 200,
    },
    async ({ access, params, body }) => {
      const port = openablePort(params);
      const node = nodeOf(access, params);
      const { id } = access.session;
      const session = await service.setPort(id, node.name, port, body);
      // A port may be opened before anything listens on it.
      const seen = views.ports(session, node).find((candidate) => candidate.port === port);
      return seen ?? { port, url: origins.portUrl(id, node.name, port), ...portSettings(session, node.name, port) };
    },
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/nodes/:node/ports/:port/share',
      summary: 'A link that opens one port until its time is up.',
      right: 'owner',
      body: sharePortRequestSchema,
      answer: sharePortResponseSchema,
      status: 201,
    },
    async ({ access, params, body }) => {
      const port = openablePort(params);
      const node = nodeOf(access, params);
      const { id } = access.session;
      const { token, expiresAt } = await service.sharePort(id, node.name, port, body.minutes);
      return { url: portGateway.shareUrl(id, node.name, port, token), expiresAt };
    },
  );
}
