/** Starting a session, with the little computing that a start may cost (A11b). */
import { type CreateSessionRequest, type CreateSessionResponse, createSessionResponseSchema } from '@drydock/protocol';
import { ApiError } from '../http/errors.ts';
import type { HttpClient } from '../http/http-client.ts';
import { challengeOf, findAnswer } from './work.ts';

/**
 * Starts a session. Where the operator asks for work it is done here: up to half a minute of a small machine, in which nothing else runs.
 * @throws ApiError `NO_CAPACITY` with `details.queuePlace`, `RATE_LIMITED`, `UNKNOWN_TEMPLATE`, `SIGN_IN_REQUIRED`...
 */
export async function startSession(http: HttpClient, request: CreateSessionRequest): Promise<CreateSessionResponse> {
  const create = (body: CreateSessionRequest) =>
    http.call('POST', '/sessions', { body, read: createSessionResponseSchema });
  try {
    return await create(request);
  } catch (error) {
    const challenge = error instanceof ApiError && error.code === 'WORK_REQUIRED' ? challengeOf(error.details) : null;
    if (challenge === null) throw error;
    return create({ ...request, work: { challenge: challenge.challenge, answer: findAnswer(challenge) } });
  }
}
