/** An operator's key for a site of a test, and what a frame on its page asks. */
import { type EmbedSessionResponse, embedSessionResponseSchema, type Site, siteSchema } from '@drydock/protocol';
import { operatorKey } from '../edge/operator/operator-listener.ts';
import type { ApiAnswer, TestManager } from './test-manager.ts';

export const SITE_ORIGIN = 'https://docs.example.org';

/** A call of an operator's program; the manager needs a listener for it (`settings.metrics`). */
export async function operate(to: TestManager, method: string, path: string, body?: object): Promise<ApiAnswer> {
  const response = await fetch(`http://127.0.0.1:${to.manager.metricsPort}/operator${path}`, {
    method,
    headers: { authorization: `Bearer ${operatorKey('test')}`, 'x-drydock-operator': 'ann' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Adds a site, of SITE_ORIGIN unless `terms` say otherwise. */
export async function addSite(to: TestManager, terms: object = {}): Promise<Site> {
  const { body } = await operate(to, 'POST', '/sites', { name: 'docs', origins: [SITE_ORIGIN], ...terms });
  return siteSchema.parse(body);
}

/** What a frame asks to begin. */
export const askStart = (to: TestManager, wish: object, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  to.call('POST', '/embed/sessions', { body: { origin: SITE_ORIGIN, ...wish }, headers });

/** Begins a session in a frame. */
export async function startInFrame(to: TestManager, wish: object): Promise<EmbedSessionResponse> {
  const { status, body } = await askStart(to, wish);
  if (status !== 201) throw new Error(`not begun: ${JSON.stringify(body)}`);
  return embedSessionResponseSchema.parse(body);
}

/** The code of an answer that refuses, or `done`. */
export const codeOf = ({ body }: ApiAnswer): string =>
  (body as { error?: { code: string } } | undefined)?.error?.code ?? 'done';
