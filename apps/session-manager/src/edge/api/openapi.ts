/** The OpenAPI document of everything that was declared, generated from the zod schemas. */
import { ERROR_CODES, errorBodySchema, errorSpec } from '@drydock/protocol';
import { z } from 'zod';
import { API_PREFIX, type ApiRegistry, type ApiRoute } from './api-route.ts';

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function parametersOf(route: ApiRoute): unknown[] {
  const inPath = [...route.path.matchAll(/:([a-zA-Z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = route.query === undefined ? undefined : (schemaOf(route.query, 'input') as { properties?: object });
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }));
  return [...inPath, ...inQuery];
}

function operationOf(route: ApiRoute & { right?: string }): unknown {
  const requestType = route.raw?.request;
  const answerType = route.raw?.answer;
  const content =
    route.answer === undefined
      ? answerType === undefined
        ? undefined
        : { [answerType]: {} }
      : { 'application/json': { schema: schemaOf(route.answer, 'output') } };
  return {
    summary: route.summary,
    parameters: parametersOf(route),
    ...(route.right === undefined ? {} : { security: [{ token: [] }, { cookie: [] }], 'x-right': route.right }),
    ...(requestType === undefined ? {} : { requestBody: { content: { [requestType]: {} } } }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      [route.status]: { description: 'Done.', ...(content === undefined ? {} : { content }) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** Builds the document. */
export function openApiDocument(registry: ApiRegistry, version: string, origin: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of registry.routes) {
    const path = `${API_PREFIX}${route.path.replace(/:([a-zA-Z]+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Drydock', version, description: 'Real multi-node Docker hosts in a browser tab.' },
    servers: [{ url: origin }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of a session’s link.' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'dd_{id}', description: 'Set by POST /sessions/{id}/open.' },
      },
      responses: {
        Error: {
          description: 'Every error has this form.',
          content: { 'application/json': { schema: schemaOf(errorBodySchema, 'output') } },
        },
      },
    },
    'x-errors': Object.fromEntries(ERROR_CODES.map((code) => [code, errorSpec(code)])),
  };
}
