/** How a frame comes to a session without a cookie: begins one, or goes on with one by its handle. The token stays in this page's memory. */
import { ApiError } from '@drydock/client';
import { challengeOf } from '@drydock/client/work';
import {
  type CreateEmbedSessionRequest,
  type EmbedSessionResponse,
  embedSessionResponseSchema,
  type SessionId,
} from '@drydock/protocol';
import { callApi } from '../base/api.ts';
import { doWork } from '../start/work.ts';
import type { EmbedWish } from './address.ts';

/** Where the frame stands: the site's key, and the page's origin as the browser told it with the greeting. */
export type Standing = Pick<CreateEmbedSessionRequest, 'site' | 'origin'>;

export interface EmbedAccess {
  sessionId: SessionId;
  token: string;
  /** For keeping by the page: opens the session again from the same site and address only. */
  handle: string;
}

const read = embedSessionResponseSchema;
const accessOf = ({ session, token, handle }: EmbedSessionResponse) => ({ sessionId: session.id, token, handle });

/** @throws ApiError `NO_CAPACITY` with its place in the queue, `SITE_KEY_REFUSED`, `SITE_QUOTA_USED`... */
export async function beginSession(standing: Standing, wish: EmbedWish, queue: string): Promise<EmbedAccess> {
  const { lab, template, nodes } = wish;
  const body: CreateEmbedSessionRequest = { ...standing, queue };
  if (lab !== null) body.lab = lab;
  else if (template !== null) body.template = template;
  else body.nodes = nodes;
  const create = (work?: CreateEmbedSessionRequest['work']) =>
    callApi('POST', '/embed/sessions', { body: { ...body, work }, read });
  const made = await create().catch(async (error: unknown) => {
    const challenge = error instanceof ApiError && error.code === 'WORK_REQUIRED' ? challengeOf(error.details) : null;
    if (challenge === null) throw error;
    return create(await doWork(challenge));
  });
  return accessOf(made);
}

/** @throws ApiError `SESSION_ENDED`, `SESSION_NOT_FOUND`, `SITE_ORIGIN_REFUSED`... */
export async function resumeSession(standing: Standing, handle: string): Promise<EmbedAccess> {
  return accessOf(await callApi('POST', '/embed/resume', { body: { ...standing, handle }, read }));
}

/** Ends a session that a frame began. @throws ApiError */
export function endSession({ sessionId, token }: EmbedAccess): Promise<void> {
  return callApi('DELETE', `/embed/sessions/${sessionId}`, { token });
}
