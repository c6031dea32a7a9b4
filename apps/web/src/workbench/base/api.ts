/** Calls of the public HTTP API: one door, one error form, no framework. */
import type { ErrorBody, ErrorCode } from '@drydock/protocol';
import { basePath } from '../../env.ts';

/** `NETWORK`: no answer came at all; `UNREADABLE`: an answer came that is not ours (a proxy's page, an older server). */
export type ApiErrorCode = ErrorCode | 'NETWORK' | 'UNREADABLE';

/** Every failed call, so that callers show `message` and decide by `code`. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly details: Record<string, unknown>;
  /** Milliseconds after which the server asks to be called again, when it said so. */
  readonly retryAfterMs: number | null;

  constructor(code: ApiErrorCode, message: string, details: Record<string, unknown> = {}, retryAfterMs?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}

/** Turns what arrived into what is trusted; throws when it has another form. Zod schemas fit. */
export interface Reader<T> {
  parse(value: unknown): T;
}

export interface CallOptions<T> {
  body?: unknown;
  read?: Reader<T>;
  token?: string | null;
  signal?: AbortSignal;
}

/** Whether a value is `{error: {code, message}}`. */
function errorBodyOf(value: unknown): ErrorBody | null {
  if (typeof value !== 'object' || value === null || !('error' in value)) return null;
  const error = value.error;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  return error as ErrorBody;
}

function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** A failed answer as an error: its status, its `Retry-After`, its parsed body. */
export function failureOf(status: number, retryAfter: string | null, value: unknown): ApiError {
  const body = errorBodyOf(value);
  if (body !== null) return new ApiError(body.code, body.message, body.details, retryAfterOf(retryAfter));
  return new ApiError('UNREADABLE', `The server answered ${status} without a reason.`);
}

/** No answer came at all. */
export function networkFailure(): ApiError {
  return new ApiError('NETWORK', 'The server could not be reached. Check the connection and try again.');
}

/**
 * Calls `path` below `/api/v1` of this page's own origin and returns the parsed answer (`undefined` for 204).
 * @throws ApiError for every failure, also when the server cannot be reached.
 */
export async function callApi<T = undefined>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  options: CallOptions<T> = {},
): Promise<T> {
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  let response: Response;
  try {
    response = await fetch(`${basePath}/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw networkFailure();
  }
  const value: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw failureOf(response.status, response.headers.get('retry-after'), value);
  if (options.read === undefined) return undefined as T;
  try {
    return options.read.parse(value);
  } catch {
    throw new ApiError('UNREADABLE', 'The server’s answer has a form this page does not know. Reload the page.');
  }
}
