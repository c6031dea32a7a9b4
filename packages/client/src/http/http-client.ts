/** Calls of the public HTTP API: one door, one error form, no framework. */
import { ApiError, failureOf } from './errors.ts';
import { MAX_ANSWER_BYTES, MAX_REFUSAL_BYTES, readJson } from './read-body.ts';
import { type ClientTexts, ENGLISH } from './texts.ts';

/** What is used of `fetch`; the platform's own fits. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Turns what arrived into what is trusted; throws when it has another form. Zod schemas fit. */
export interface Reader<T> {
  parse(value: unknown): T;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface CallOptions<T> {
  body?: unknown;
  read?: Reader<T>;
  /** The token of a link; without one the browser's cookie speaks. */
  token?: string | null;
  signal?: AbortSignal;
}

export interface HttpClientDeps {
  /** Where the server is, with the path below which it lies: `https://lab.example/drydock`; a browser may leave its own origin out. */
  server: string;
  fetch: Fetch;
  texts?: ClientTexts;
}

export interface HttpClient {
  /**
   * Calls `path` below `/api/v1` and returns the parsed answer (`undefined` for 204, and without a reader).
   * @throws ApiError for every failure, also when the server cannot be reached; the signal's reason when it was cancelled.
   */
  call<T = undefined>(method: Method, path: string, options?: CallOptions<T>): Promise<T>;
  /**
   * The same for bodies that are no JSON: the answer as it came.
   * @throws ApiError for every failure.
   */
  open(path: string, init?: RequestInit & { token?: string | null }): Promise<Response>;
  /** The address of `path` below `/api/v1`. */
  url(path: string): string;
  readonly texts: ClientTexts;
}

/** `authorization`, where there is a token to speak. */
export function bearer(token: string | null | undefined): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Whether an answer without a known form can be the server's own: a page of somebody else (a hotel's, a proxy's) says nothing of the call. */
function isOurs({ headers }: Response): boolean {
  const type = headers.get('content-type');
  return type === null || type.includes('json');
}

/** Builds it; nothing is asked yet. */
export function createHttpClient({ server, fetch, texts = ENGLISH }: HttpClientDeps): HttpClient {
  const url = (path: string) => `${server}/api/v1${path}`;

  async function open(path: string, { token, headers, ...init }: RequestInit & { token?: string | null } = {}) {
    let response: Response;
    try {
      const all = { ...(headers as Record<string, string> | undefined), ...bearer(token) };
      // A place that sends elsewhere would have the body of the call sent there, too.
      const always = { credentials: 'same-origin', cache: 'no-store', redirect: 'manual' } as const;
      response = await fetch(url(path), { ...always, ...init, headers: all });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError('NETWORK', texts.unreachable, {});
    }
    if (response.ok) return response;
    const value: unknown = await readJson(response, MAX_REFUSAL_BYTES).catch(() => undefined);
    throw failureOf(response.status, response.headers.get('retry-after'), value, texts);
  }

  return {
    async call<T = undefined>(method: Method, path: string, { body, read, token, signal }: CallOptions<T> = {}) {
      const response = await open(path, {
        method,
        token: token ?? null,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const unreadable = () => new ApiError('UNREADABLE', texts.unreadable, {}, { status: response.status });
      let value: unknown;
      try {
        value = await readJson(response, MAX_ANSWER_BYTES);
      } catch (cause) {
        if (signal?.aborted) throw cause;
        throw new ApiError('NETWORK', texts.noAnswer);
      }
      if (read === undefined) {
        if (isOurs(response)) return undefined as T;
        throw unreadable();
      }
      try {
        return read.parse(value);
      } catch {
        throw unreadable();
      }
    },
    open,
    url,
    texts,
  };
}
