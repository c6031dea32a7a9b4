/** Calls of the public HTTP API from this page: its own origin, its own sentences. */
import { createHttpClient } from '@drydock/client/http';
import { basePath } from '../../env.ts';
import { calls } from '../../strings/calls.ts';

/** A frame on a page of another site speaks by its token alone, whatever cookies this browser has of us. */
let credentials: RequestCredentials = 'same-origin';

export const http = createHttpClient({
  server: basePath,
  fetch: (url, init) => fetch(url, { ...init, credentials }),
  texts: calls,
});

/** Sends and takes no cookies from now on. */
export function leaveCookies(): void {
  credentials = 'omit';
}

/** Calls `path` below `/api/v1`. @throws ApiError for every failure, also when the server cannot be reached. */
export const callApi = http.call;
