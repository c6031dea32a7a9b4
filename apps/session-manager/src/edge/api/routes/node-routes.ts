/** Calls on nodes: add, remove, run a command, look at the swarm. */

import {
  type AgentRequest,
  createNodeResponseSchema,
  DEFAULT_EXEC_TIMEOUT_SECONDS,
  DrydockError,
  execRequestSchema,
  execResponseSchema,
  nodeNameSchema,
  swarmResponseSchema,
  timelineResponseSchema,
} from '@drydock/protocol';
import { z } from 'zod';
import type { SessionViews } from '../../../live/session-view.ts';
import type { Timeline } from '../../../live/timeline.ts';
import { type NodeRecord, requireNode, requireThawed } from '../../../model/session.ts';
import type { NodeService } from '../../../nodes/node-service.ts';
import type { AgentCommands } from '../../../scheduling/agent-commands.ts';
import type { Access } from '../../../sessions/session-service.ts';
import type { SwarmReader } from '../../../swarm/swarm-reader.ts';
import type { ApiRegistry } from '../api-route.ts';

/** What an agent may take beyond a command's own time limit before it counts as gone (ms): killing the group, sending the answer. */
const EXEC_SLACK_MS = 15_000;

/** Like the contract's, but a bad name has an error of its own. */
const addNodeSchema = z.strictObject({ name: z.string().max(256).optional() });

/** The node of a call's path. @throws DrydockError NODE_NOT_FOUND. */
export function nodeOf(access: Access, params: Record<string, string>): NodeRecord {
  return requireNode(access.session, String(params.node));
}

/** A node that can be asked. @throws DrydockError NODE_NOT_FOUND, NODE_NOT_READY, HOST_UNAVAILABLE. */
export function runningNode(access: Access, params: Record<string, string>): NodeRecord {
  const node = nodeOf(access, params);
  requireThawed(access.session);
  if (node.state === 'lost') throw new DrydockError('HOST_UNAVAILABLE');
  if (node.state !== 'running') throw new DrydockError('NODE_NOT_READY');
  return node;
}

export interface NodeRoutesDeps {
  nodes: Pick<NodeService, 'create' | 'remove'>;
  views: Pick<SessionViews, 'node'>;
  commands: AgentCommands;
  swarm: SwarmReader;
  timeline: Pick<Timeline, 'read'>;
}

/** Declares the calls. */
export function nodeRoutes(api: ApiRegistry, deps: NodeRoutesDeps): void {
  const { nodes, views, commands, swarm, timeline } = deps;

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/timeline',
      summary: 'What happened in the session, the oldest entry first.',
      right: 'viewer',
      answer: timelineResponseSchema,
      status: 200,
    },
    async ({ access }) => timeline.read(access.session.id),
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/nodes',
      summary: 'Add a node; answered when it runs.',
      right: 'collaborator',
      body: addNodeSchema,
      answer: createNodeResponseSchema,
      status: 201,
    },
    async ({ access, body }) => {
      if (body.name !== undefined && !nodeNameSchema.safeParse(body.name).success) throw new DrydockError('BAD_NAME');
      requireThawed(access.session);
      const made = await nodes.create(access.session.id, body.name);
      return views.node(made.session, made.node);
    },
  );

  api.session(
    {
      method: 'DELETE',
      path: '/sessions/:id/nodes/:node',
      summary: 'Destroy a node.',
      right: 'collaborator',
      status: 204,
    },
    async ({ access, params }) => nodes.remove(access.session.id, nodeOf(access, params).name),
  );

  api.session(
    {
      method: 'POST',
      path: '/sessions/:id/nodes/:node/exec',
      summary: 'Run a command as the node’s root.',
      right: 'collaborator',
      body: execRequestSchema,
      answer: execResponseSchema,
      status: 200,
    },
    async ({ access, params, body }) => {
      const node = runningNode(access, params);
      const request: AgentRequest<'node.exec'> = { sessionId: access.session.id, node: node.name, ...body };
      const limitMs = (body.timeoutSeconds ?? DEFAULT_EXEC_TIMEOUT_SECONDS) * 1000;
      return commands.send(node.host, 'node.exec', request, limitMs + EXEC_SLACK_MS);
    },
  );

  api.session(
    {
      method: 'GET',
      path: '/sessions/:id/swarm',
      summary: 'The session’s swarm as its managers see it, or null.',
      right: 'viewer',
      answer: swarmResponseSchema,
      status: 200,
    },
    // Fastify sends no body for null; it is an answer here.
    async ({ access, reply }) => {
      const view = await swarm.read(access.session);
      reply.type('application/json');
      return JSON.stringify(view);
    },
  );
}
