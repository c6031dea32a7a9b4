/** A lab of a folder, as a place serves it. */
import { ApiError } from '@drydock/client';
import { type Lab, readerView } from '@drydock/lab';
import { labResponseSchema, labsResponseSchema } from '@drydock/protocol';
import { EXIT, Failure } from '../../../failure.ts';
import { placeClient } from './session.ts';

/** Keys are the place's own, made by a secret; everything else must be equal. `of` is a key where it is a word. */
const KEYS: ReadonlySet<string> = new Set(['key', 'leaf', 'leaves', 'hash', 'digest', 'id']);
const HINT =
  'Start it with DRYDOCK_LABS_DIR naming the folder above the lab’s own; changes of the files are seen within seconds.';

/**
 * The id by which the place has this lab: that of a folder of the same name, or of a course with one.
 * @throws Failure NO_LAB where it has none, or has another text.
 */
export async function servedId(origin: string, folder: string, lab: Lab): Promise<string> {
  const http = placeClient(origin);
  const { labs } = await http.call('GET', '/labs', { read: labsResponseSchema });
  const ids = labs.map(({ id }) => id).filter((id) => id === folder || id.endsWith(`/${folder}`));
  if (ids.length === 0) throw new Failure('NO_LAB', `${origin} has no lab "${folder}".`, EXIT.noInput, HINT);
  const own = withoutKeys(readerView(lab));
  for (const id of ids) {
    const { lab: served } = await http
      .call('GET', `/labs/${encodeURIComponent(id)}`, { read: labResponseSchema })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'NOT_FOUND') return { lab: {} };
        throw error;
      });
    if (withoutKeys(served) === own) return id;
  }
  throw new Failure('NO_LAB', `${origin} has another text of the lab "${folder}".`, EXIT.noInput, HINT);
}

export function withoutKeys(view: unknown): string {
  return JSON.stringify(view, (name, value: unknown) =>
    KEYS.has(name) || (name === 'of' && typeof value === 'string') ? undefined : value,
  );
}
