/** The text of the session's lab, fetched when its panel is shown, and again when the session goes on with another version. */
import { ApiError } from '@drydock/client';
import type { ReaderLab } from '@drydock/lab';
import { labResponseSchema } from '@drydock/protocol';
import { createValue } from '../base/store.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';

export type LabText =
  | { kind: 'none' }
  | { kind: 'loading' }
  | { kind: 'there'; version: string; lab: ReaderLab }
  | { kind: 'failed'; message: string };

/** The manager makes it with `readerView`; what is checked is that it is one, of the form that this page knows. */
function readLab(value: Record<string, unknown>): ReaderLab {
  if (value.view !== 'reader' || value.format !== 1)
    throw new ApiError('INTERNAL', 'The lab has another form than this page knows.');
  return value as unknown as ReaderLab;
}

export type LabTexts = ReturnType<typeof createLabText>;

export function createLabText(call: WorkbenchActions['call']) {
  const state = createValue<LabText>({ kind: 'none' });
  let wanted: string | undefined;

  return {
    getState: state.getState,
    subscribe: state.subscribe,
    /** Fetches the text of that version, unless it is there or under way; after a failure, again. */
    want(version: string): void {
      const now = state.getState();
      if (wanted === version && now.kind !== 'failed') return;
      wanted = version;
      if (now.kind !== 'there') state.set({ kind: 'loading' });
      call('GET', '/lab/text', { read: labResponseSchema }).then(
        ({ entry, lab }) => {
          if (wanted === version) state.set({ kind: 'there', version: entry.version, lab: readLab(lab) });
        },
        (error: Error) => {
          if (wanted === version) state.set({ kind: 'failed', message: error.message });
        },
      );
    },
  };
}
