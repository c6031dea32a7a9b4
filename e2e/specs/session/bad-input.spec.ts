/** Bad input gets a clear error with a registry code, and nothing is half made. */
import { errorBodySchema } from '@drydock/protocol';
import { type ApiSession, createSession } from '../../support/api.ts';
import { expect, test } from '../../support/test.ts';

test.describe('bad input', () => {
  let session: ApiSession;
  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin);
  });
  test.afterAll(async () => session?.close());

  const cases: {
    name: string;
    status: number;
    code: string;
    request: (id: string) => [string, string, RequestInit?];
  }[] = [
    { name: 'unknown session', status: 404, code: 'SESSION_NOT_FOUND', request: () => ['GET', '/sessions/zzzzzzzz'] },
    {
      name: 'malformed session id',
      status: 404,
      code: 'SESSION_NOT_FOUND',
      request: () => ['GET', '/sessions/..%2fetc'],
    },
    {
      name: 'unknown node',
      status: 404,
      code: 'NODE_NOT_FOUND',
      request: (id) => ['DELETE', `/sessions/${id}/nodes/nosuch`],
    },
    {
      name: 'wrong JSON',
      status: 400,
      code: 'BAD_REQUEST',
      request: (id) => ['POST', `/sessions/${id}/nodes`, { body: '{"name":' }],
    },
    {
      name: 'a name with odd characters',
      status: 400,
      code: 'BAD_NAME',
      request: (id) => ['POST', `/sessions/${id}/nodes`, { body: '{"name":"a;rm -rf /"}' }],
    },
    {
      name: 'an unknown field',
      status: 400,
      code: 'BAD_REQUEST',
      request: (id) => ['POST', `/sessions/${id}/nodes`, { body: '{"nmae":"a"}' }],
    },
    {
      name: 'a body over its bound',
      status: 413,
      code: 'BODY_TOO_LARGE',
      request: (id) => ['POST', `/sessions/${id}/nodes`, { body: `{"name":"${'a'.repeat(2_000_000)}"}` }],
    },
    {
      name: 'a port out of range',
      status: 400,
      code: 'BAD_PORT',
      request: (id) => ['PATCH', `/sessions/${id}/nodes/node1/ports/70000`, { body: '{"visibility":"public"}' }],
    },
    {
      name: 'an unknown template',
      status: 400,
      code: 'UNKNOWN_TEMPLATE',
      request: () => ['POST', '/sessions', { body: '{"template":"nosuch"}' }],
    },
    { name: 'an unknown path', status: 404, code: 'NOT_FOUND', request: () => ['GET', '/nosuch'] },
  ];

  for (const { name, status, code, request } of cases) {
    test(`${name}: ${status} ${code}`, async ({ stack }) => {
      const [method, path, init] = request(session.id);
      const response = await fetch(`${stack.origin}/api/v1${path}`, {
        method,
        ...init,
        headers: {
          authorization: `Bearer ${session.token}`,
          ...(init?.body ? { 'content-type': 'application/json' } : {}),
        },
      });
      const { error } = errorBodySchema.parse(await response.json());
      expect({ status: response.status, code: error.code }).toEqual({ status, code });
      expect((await session.get()).nodes).toEqual([]);
    });
  }

  test('a stranger with a wrong token learns nothing', async ({ stack }) => {
    const foreign = await fetch(`${stack.origin}/api/v1/sessions/${session.id}`, {
      headers: { authorization: `Bearer ${'A'.repeat(43)}` },
    });
    const unknown = await fetch(`${stack.origin}/api/v1/sessions/zzzzzzzz`, {
      headers: { authorization: `Bearer ${'A'.repeat(43)}` },
    });
    expect(foreign.status).toBe(404);
    expect(await foreign.json()).toEqual(await unknown.json());
  });
});
