/**
 * Frames of one page that show one session. The port between them is the page's own, which may listen: what crosses is the handle that the
 * page has anyway, never a token; the server gives a token for it to a frame of the same site at the same address alone.
 */
import { ApiError } from '@drydock/client';
import { embedHandleSchema } from '@drydock/protocol';
import { z } from 'zod';

/** A frame that is waited for this long (ms) has itself waited for a place in vain. */
const GIVE_MS = 10 * 60_000;
/** Frames that one frame lets in; a page that shows more of one session shows none of it well. */
export const MAX_TAKERS = 8;

const givenSchema = z.strictObject({ handle: embedHandleSchema });

/** Gives the handle as soon as `whenThere` has it. */
export function giveSession(port: MessagePort, whenThere: (give: (handle: string) => void) => void): void {
  whenThere((handle) => {
    port.postMessage({ handle });
    port.close();
  });
}

/** Waits for it. @throws ApiError where nobody gives one. */
export function takeSession(port: MessagePort): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      port.close();
      reject(new ApiError('SESSION_NOT_FOUND', 'The session that this shows was not started.'));
    }, GIVE_MS);
    port.onmessage = ({ data }) => {
      const { data: given } = givenSchema.safeParse(data);
      if (given === undefined) return;
      clearTimeout(timer);
      port.close();
      resolve(given.handle);
    };
  });
}
