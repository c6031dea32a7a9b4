/** Sends a body by XMLHttpRequest: fetch tells nothing of what is on its way. */
import { ApiError, failureOf, type PutBody } from '@drydock/client';
import { http } from '../base/api.ts';

/** Silence on an upload's way (ms) after which it counts as broken. */
const SILENCE_MS = 30_000;

export const putBody: PutBody = (path, headers, body, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = setTimeout(() => request.abort(), SILENCE_MS);
    const stop = () => request.abort();
    const moves = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    };
    request.upload.onprogress = ({ loaded }) => {
      moves();
      onProgress?.(loaded);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (request.status === 0)
        return reject(signal?.aborted ? signal.reason : new ApiError('NETWORK', http.texts.unreachable));
      let value: unknown;
      try {
        value = JSON.parse(request.responseText);
      } catch {
        // failureOf and the schema say that it cannot be read.
      }
      if (request.status < 300) resolve(value);
      else reject(failureOf(request.status, request.getResponseHeader('retry-after'), value, http.texts));
    };
    request.open('PUT', http.url(path));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) return reject(signal.reason);
    request.send(body);
  });
