import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorBodySchema } from '@drydock/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';
import { besideSchema, fromSchema, hostile, type JsonSchema } from './json-arbitrary.ts';

/** Documented answers of the 5xx kind (errors.ts): the site's state, never a mistake of ours. */
const HONEST = new Set([502, 503, 504, 507]);
const RUNS = 25;

interface Operation {
  parameters: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema?: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema?: JsonSchema }> }>;
}
interface Call {
  method: string;
  path: string;
  operation: Operation;
}

const LAB = '---\ntitle: Short\n---\n\n## One\n\n```check\n- port: 80\n```\n\n## Two\n\nNothing to do.\n';

let labs: string;
let test: TestManager;
let calls: Call[];
let session = { id: '', token: '' };
const ajv = new Ajv2020({ strict: false, validateFormats: false });

async function freshSession(): Promise<void> {
  const path = `/sessions/${session.id}`;
  const { token } = session;
  const known = session.id === '' ? undefined : await test.call('GET', path, { token });
  const nodes = known?.status === 200 ? (known.body as { nodes: { name: string }[] }).nodes : undefined;
  if (nodes?.some(({ name }) => name === 'node1') && nodes.length < 8) return;
  if (nodes !== undefined) await test.call('DELETE', path, { token });
  const made = await test.createSession();
  session = { id: made.session.id, token: made.token };
  await test.call('POST', `/sessions/${session.id}/nodes`, { token: session.token });
  await test.call('POST', `/sessions/${session.id}/lab`, { token: session.token, body: { lab: 'short' } });
}

beforeAll(async () => {
  labs = mkdtempSync(join(tmpdir(), 'dd-labs-'));
  mkdirSync(join(labs, 'short'));
  writeFileSync(join(labs, 'short/lab.md'), LAB);
  const labSettings = { builtInDir: undefined, operatorDir: labs, forges: new Map() };
  test = await startTestManager({ settings: { maxSessions: 100_000, labs: labSettings } });
  const host = await test.host({ maxNodes: 100_000, keepTrying: true });
  // The fixture's nodes are this machine: what a lab runs there is not run.
  host.onExec(() => ({ exitCode: 0, stdout: '', stderr: '', truncated: false, durationMs: 1 }));
  const { paths } = (await test.call('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>;
  };
  calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(async () => {
  await test.stop();
  rmSync(labs, { recursive: true });
});

/** The fixture's nodes are this machine: nothing random is run, read or written there. */
function isHarmful(path: string): boolean {
  return /\/(files|exec)/.test(path);
}

function tame(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('template' in body)) return body;
  return {
    ...body,
    template: body.template === 'one-node' ? 'one-node' : `no-${JSON.stringify(body.template)?.slice(0, 50)}`,
  };
}

const junk = fc.oneof(
  fc.constantFrom('', '..', '%2e%2e', 'a'.repeat(300), '%00', '0', '-1', '65536', '1e3', 'NODE1', '__proto__'),
  fc.string({ maxLength: 30 }).map(encodeURIComponent),
);

function request({ method, path, operation }: Call) {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const bodies = schema === undefined ? [hostile] : [fromSchema(schema), besideSchema(schema), hostile];
  const node = isHarmful(path) ? fc.constantFrom('nosuch', 'node9') : fc.constantFrom('node1', 'node1', 'nosuch');
  const known: Record<string, fc.Arbitrary<string>> = { node, port: fc.constantFrom('80', '8080', '22') };
  const params = Object.fromEntries(
    operation.parameters
      .filter((each) => each.in === 'path' && each.name !== 'id')
      .map(({ name }) => [
        name,
        fc.oneof({ arbitrary: known[name] ?? junk, weight: 3 }, { arbitrary: junk, weight: 1 }),
      ]),
  );
  const query = Object.fromEntries(
    operation.parameters
      .filter((each) => each.in === 'query')
      .map(({ name, schema: inner }) => [name, fc.oneof(fromSchema(inner).map(String), fc.string({ maxLength: 50 }))]),
  );
  return fc.record({
    method: fc.constant(method),
    path: fc.constant(path),
    params: fc.record(params),
    query: fc.record(query, { requiredKeys: [] }),
    isOurs: fc.nat(9).map((number) => number > 0),
    strangeId: junk,
    token: fc.constantFrom('ours', 'ours', 'ours', 'none', 'wrong', 'malformed'),
    body: fc.oneof(...bodies).map(tame),
    form: fc.constantFrom('json', 'json', 'json', 'broken', 'text', 'none'),
  });
}

type Sent = ReturnType<typeof request> extends fc.Arbitrary<infer Value> ? Value : never;

async function send(sent: Sent): Promise<{ status: number; body: unknown; type: string }> {
  let path = sent.path.replace('{id}', sent.isOurs ? session.id : sent.strangeId);
  for (const [name, value] of Object.entries(sent.params)) path = path.replace(`{${name}}`, value as string);
  const query = new URLSearchParams(sent.query as Record<string, string>).toString();
  const tokens = { ours: session.token, none: undefined, wrong: 'x'.repeat(43), malformed: 'é\u0001'.normalize() };
  const token = tokens[sent.token as keyof typeof tokens];
  const text = sent.form === 'broken' ? JSON.stringify(sent.body)?.slice(0, -1) : JSON.stringify(sent.body);
  const hasBody = sent.method !== 'GET' && sent.form !== 'none' && text !== undefined;
  const headers = new Headers(
    hasBody ? { 'content-type': sent.form === 'text' ? 'text/plain' : 'application/json' } : {},
  );
  if (token !== undefined) headers.set('authorization', `Bearer ${encodeURI(token)}`);
  const response = await fetch(`${test.origin}${path}${query === '' ? '' : `?${query}`}`, {
    method: sent.method,
    headers,
    redirect: 'manual',
    ...(hasBody ? { body: text } : {}),
  });
  const raw = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: type.includes('json') && raw !== '' ? JSON.parse(raw) : raw };
}

describe('the API, whatever it is sent', () => {
  const accepted = new Set<string>();

  it.each(inject('seeds'))(
    'answers every call with what its OpenAPI document says, and never with a failure of its own (seed %i)',
    async (seed) => {
      for (const call of calls) {
        const validators = Object.fromEntries(
          Object.entries(call.operation.responses).flatMap(([status, { content }]) => {
            const schema = content?.['application/json']?.schema;
            return schema === undefined ? [] : [[status, ajv.compile(schema)]];
          }),
        );
        await fc.assert(
          fc.asyncProperty(request(call), async (sent) => {
            await freshSession();
            const { status, body, type } = await send(sent);
            if (status >= 500 && !HONEST.has(status)) throw new Error(`${status}: ${JSON.stringify(body)}`);
            // Some junk in a path leads away from the API, to the pages.
            if (status >= 400 && type.includes('json')) errorBodySchema.parse(body);
            if (status >= 300) return;
            accepted.add(`${call.method} ${call.path}`);
            const validate = validators[status];
            if (validate !== undefined && type.includes('json') && !validate(body)) {
              throw new Error(`answer ${status} is not as documented: ${ajv.errorsText(validate.errors)}`);
            }
          }),
          { numRuns: RUNS, seed, endOnFailure: true },
        );
      }
      expect((await fetch(`${test.origin}/healthz`)).status).toBe(200);
    },
    120_000,
  );

  it('takes more than half of the calls at least once: a fuzz that is refused everywhere has tried nothing', () => {
    expect(accepted.size).toBeGreaterThan(calls.length / 2);
  });
});
