/** A failed call of the public API as this program's own failure. */
import { ApiError, ENGLISH } from '@drydock/client';
import { EXIT, Failure } from './failure.ts';
import { MAX_TEXT, plain } from './output.ts';

/** Codes of a right that is missing. */
const NO_RIGHT: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'SIGN_IN_REQUIRED', 'BLOCKED']);

/** What to do, where the sentence alone does not say it. */
function remedyOf({ code, retryAfterMs }: ApiError): string | undefined {
  if (code === 'NETWORK') return 'Is the address right, and does it run? npm run status';
  if (code === 'SIGN_IN_REQUIRED')
    return 'Start it in a browser, and give its link to the other commands with --session.';
  if (retryAfterMs !== null) return `Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return undefined;
}

/** The same failure, with a code of this program where no server gave one. */
export function failureOfCall(error: ApiError): Failure {
  const { code, status } = error;
  const message = plain(error.message, MAX_TEXT);
  if (code === 'UNREADABLE' && status !== null && isRedirect(status))
    return new Failure('BAD_ANSWER', `The server sends this call elsewhere (${status}).`, EXIT.unavailable, ELSEWHERE);
  if (code === 'NETWORK') return new Failure('UNREACHABLE', message, EXIT.unavailable, remedyOf(error));
  if (code === 'UNREADABLE') return new Failure('BAD_ANSWER', message, EXIT.unavailable);
  const away = error.retryAfterMs !== null || (error.status !== null && error.status >= 500);
  const exitCode = NO_RIGHT.has(code) ? EXIT.noPermission : away ? EXIT.unavailable : EXIT.refused;
  return new Failure(code, message, exitCode, remedyOf(error));
}

/** Whether an answer names another address. It is not followed: what a call carries would go there, too. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}
export const ELSEWHERE = 'Name the address itself; none that a server gives is followed.';

/** Any thrown value as a Failure, where it is one that this program knows. */
export function asFailure(error: unknown): unknown {
  // A signal of this program's own: the time for the call is over.
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Failure('UNREACHABLE', ENGLISH.noAnswer, EXIT.unavailable);
  return error instanceof ApiError ? failureOfCall(error) : error;
}
