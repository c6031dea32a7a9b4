/** What the operator's page asks of the server, and the orders it gives. */
import {
  auditSchema,
  blocksSchema,
  loadSchema,
  operatorMeSchema,
  operatorSessionsSchema,
  operatorStatusSchema,
} from '@drydock/protocol';
import type { z } from 'zod';
import { callApi } from '../base/api.ts';

export interface Desk {
  status: z.infer<typeof operatorStatusSchema>;
  sessions: z.infer<typeof operatorSessionsSchema>;
  blocks: z.infer<typeof blocksSchema>;
  load: z.infer<typeof loadSchema>;
  audit: z.infer<typeof auditSchema>;
}

/** Who this browser is to the page. @throws ApiError UNAUTHORIZED, FORBIDDEN. */
export function whoAmI(): Promise<z.infer<typeof operatorMeSchema>> {
  return callApi('GET', '/operator/me', { read: operatorMeSchema });
}

/** Takes the token out of the address, so that neither history nor a picture of the screen keeps it. */
export function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === '') return null;
  history.replaceState(null, '', location.pathname);
  return token;
}

/** Opens the page by a link's token. @throws ApiError UNAUTHORIZED, RATE_LIMITED, FORBIDDEN. */
export async function signInByLink(token: string): Promise<void> {
  await callApi('POST', '/operator/sign-in', { body: { token }, read: { parse: () => undefined } });
}

/** Everything that the page shows. @throws ApiError. */
export async function lookAtDesk(): Promise<Desk> {
  const [status, sessions, blocks, load, audit] = await Promise.all([
    callApi('GET', '/operator/status', { read: operatorStatusSchema }),
    callApi('GET', '/operator/sessions', { read: operatorSessionsSchema }),
    callApi('GET', '/operator/blocks', { read: blocksSchema }),
    callApi('GET', '/operator/load', { read: loadSchema }),
    callApi('GET', '/operator/audit', { read: auditSchema }),
  ]);
  return { status, sessions, blocks, load, audit };
}

/** Gives an order. @throws ApiError. */
export async function order(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  await callApi(method, `/operator${path}`, {
    ...(body === undefined ? {} : { body }),
    read: { parse: () => undefined },
  });
}
