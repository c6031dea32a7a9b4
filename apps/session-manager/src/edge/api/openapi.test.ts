import { ERROR_CODES, templateViewSchema } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;

beforeAll(async () => {
  test = await startTestManager();
  await test.host();
});
afterAll(() => test.stop());

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        summary: z.string().min(1),
        parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query']) })),
        responses: z.record(z.string(), z.unknown()),
        'x-right': z.enum(['viewer', 'collaborator', 'owner']).optional(),
      }),
    ),
  ),
  'x-errors': z.record(z.enum(ERROR_CODES), z.object({ status: z.number() })),
});

describe('the OpenAPI document', () => {
  it('names every call of the contract, its right and its errors', async () => {
    const document = documentSchema.parse((await test.call('GET', '/openapi.json')).body);
    const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) =>
          `${method.toUpperCase()} ${path.slice('/api/v1'.length)} ${operation['x-right'] ?? 'anybody'}`,
      ),
    );
    expect(calls.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /embed/sessions/{id} collaborator",
        "DELETE /sessions/{id} owner",
        "DELETE /sessions/{id}/links/{linkId} owner",
        "DELETE /sessions/{id}/nodes/{node} collaborator",
        "DELETE /sessions/{id}/nodes/{node}/files collaborator",
        "GET /labs anybody",
        "GET /labs/{lab} anybody",
        "GET /me anybody",
        "GET /openapi.json anybody",
        "GET /sessions/{id} viewer",
        "GET /sessions/{id}/lab viewer",
        "GET /sessions/{id}/lab/statement viewer",
        "GET /sessions/{id}/lab/text viewer",
        "GET /sessions/{id}/links owner",
        "GET /sessions/{id}/nodes/{node}/files collaborator",
        "GET /sessions/{id}/nodes/{node}/ports viewer",
        "GET /sessions/{id}/swarm viewer",
        "GET /sessions/{id}/timeline viewer",
        "GET /status anybody",
        "GET /templates anybody",
        "PATCH /sessions/{id} owner",
        "PATCH /sessions/{id}/nodes/{node}/ports/{port} owner",
        "POST /embed/resume anybody",
        "POST /embed/sessions anybody",
        "POST /hosts/join anybody",
        "POST /hosts/rotate anybody",
        "POST /labs/statement anybody",
        "POST /sessions anybody",
        "POST /sessions/{id}/extend owner",
        "POST /sessions/{id}/lab collaborator",
        "POST /sessions/{id}/lab/afresh collaborator",
        "POST /sessions/{id}/lab/again collaborator",
        "POST /sessions/{id}/lab/answer collaborator",
        "POST /sessions/{id}/lab/hint collaborator",
        "POST /sessions/{id}/lab/skip collaborator",
        "POST /sessions/{id}/lab/solve collaborator",
        "POST /sessions/{id}/lab/step collaborator",
        "POST /sessions/{id}/lab/update collaborator",
        "POST /sessions/{id}/links owner",
        "POST /sessions/{id}/links/{linkId}/rotate owner",
        "POST /sessions/{id}/nodes collaborator",
        "POST /sessions/{id}/nodes/{node}/exec collaborator",
        "POST /sessions/{id}/nodes/{node}/files collaborator",
        "POST /sessions/{id}/nodes/{node}/ports/{port}/open viewer",
        "POST /sessions/{id}/nodes/{node}/ports/{port}/share owner",
        "POST /sessions/{id}/open anybody",
        "POST /sessions/{id}/templates collaborator",
        "POST /sign-out anybody",
        "PUT /sessions/{id}/nodes/{node}/files collaborator",
      ]
    `);
  });
});

describe('templates', () => {
  it('are listed with the names of their nodes', async () => {
    const templates = z.array(templateViewSchema).parse((await test.call('GET', '/templates')).body);
    expect(templates.map(({ id }) => id)).toEqual([
      'one-node',
      'swarm-1m1w',
      'swarm-1m2w',
      'swarm-3m2w',
      'swarm-5m',
      'swarm-3m3w',
      'workshop',
      'compose-app',
      'registry',
    ]);
    expect(templates.find(({ id }) => id === 'swarm-3m3w')?.nodes).toEqual([
      'mgr1',
      'mgr2',
      'mgr3',
      'wrk1',
      'wrk2',
      'wrk3',
    ]);
  });
});

describe('every call on a session', () => {
  it('asks for the right that the document names', async () => {
    const created = await test.createSession();
    const { id } = created.session;
    await test.call('POST', `/sessions/${id}/nodes`, { token: created.token });
    const tokens = {
      viewer: created.links.viewer.split('#')[1],
      collaborator: created.links.collaborator.split('#')[1],
      owner: created.token,
    };
    const document = documentSchema.parse((await test.call('GET', '/openapi.json')).body);
    const order = ['viewer', 'collaborator', 'owner'] as const;
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const needed = operation['x-right'];
        if (needed === undefined) continue;
        const real = path
          .slice('/api/v1'.length)
          .replace('{id}', id)
          .replace('{node}', 'node1')
          .replace('{port}', '8080')
          .replace('{linkId}', 'laaaaaaaaaaa');
        for (const right of order) {
          if (order.indexOf(right) >= order.indexOf(needed)) continue;
          const answer = await test.call(method.toUpperCase(), real, {
            token: tokens[right],
            body: method === 'get' ? undefined : {},
          });
          expect([method, real, right, answer.status]).toEqual([method, real, right, 403]);
        }
        const stranger = await test.call(method.toUpperCase(), real, {
          token: 'x'.repeat(43),
          body: method === 'get' ? undefined : {},
        });
        expect([method, real, stranger.status]).toEqual([method, real, 404]);
      }
    }
  });
});
