/** Calls of the public HTTP API from this page: its own origin, its own sentences. */
import { createHttpClient } from '@drydock/client/http';
import { basePath } from '../../env.ts';
import { calls } from '../../strings/calls.ts';

export const http = createHttpClient({ server: basePath, fetch: (url, init) => fetch(url, init), texts: calls });

/** Calls `path` below `/api/v1`. @throws ApiError for every failure, also when the server cannot be reached. */
export const callApi = http.call;
