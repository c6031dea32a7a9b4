/** How calls fail: a code of the registry, or one of the two that only a caller can see. */
import type { ErrorBody, ErrorCode } from '@drydock/protocol';
import type { ClientTexts } from './texts.ts';

/** `NETWORK`: no answer came at all; `UNREADABLE`: an answer came that is not ours (a proxy's page, an older server). */
export type ApiErrorCode = ErrorCode | 'NETWORK' | 'UNREADABLE';

/** What is known of a failed answer besides its error. */
export interface Answered {
  status?: number;
  retryAfterMs?: number | undefined;
}

/** Every failed call, so that callers show `message` and decide by `code`. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly details: Record<string, unknown>;
  /** Milliseconds after which the server asks to be called again, when it said so. */
  readonly retryAfterMs: number | null;
  /** The HTTP status; null where no HTTP answer came. */
  readonly status: number | null;

  constructor(
    code: ApiErrorCode,
    message: string,
    details: Record<string, unknown> = {},
    { status, retryAfterMs }: Answered = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
    this.retryAfterMs = retryAfterMs ?? null;
    this.status = status ?? null;
  }
}

/** The longest wait that a server is believed to mean (s): a quota of a day. */
const MAX_RETRY_AFTER = 86_400;

/** As codes of the registry are, in any release. */
const CODE = /^[A-Z][A-Z_]{0,63}$/;

/** A value as `{code, message}` of texts; null for what is none. A code of a newer server may be unknown here. */
export function refusalOf(value: unknown): ErrorBody | null {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value)) return null;
  const { code, message } = value;
  if (typeof code !== 'string' || !CODE.test(code) || typeof message !== 'string') return null;
  const details = 'details' in value ? value.details : undefined;
  const known = typeof details === 'object' && details !== null ? { details } : {};
  return { code, message, ...known } as ErrorBody;
}

/** What a value says as `{error: {code, message}}`; null where it says nothing of the kind. */
export function errorBodyOf(value: unknown): ErrorBody | null {
  return typeof value === 'object' && value !== null && 'error' in value ? refusalOf(value.error) : null;
}

function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER) * 1000 : undefined;
}

/** A failed answer as an error: its status, its `Retry-After`, its parsed body. */
export function failureOf(status: number, retryAfter: string | null, value: unknown, texts: ClientTexts): ApiError {
  const body = errorBodyOf(value);
  if (body === null) return new ApiError('UNREADABLE', texts.withoutReason(status), {}, { status });
  return new ApiError(body.code, body.message, body.details, { status, retryAfterMs: retryAfterOf(retryAfter) });
}

/** An error as it crosses a socket. */
export function errorOf({ code, message, details }: ErrorBody): ApiError {
  return new ApiError(code, message, details);
}
