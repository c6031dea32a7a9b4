/** Files that are open in the editor: loading, saving without losing anybody's work, and what each of them says about itself. */
import { ApiError, type FilesApi } from '@drydock/client';
import { createValue, type Value } from '../base/store.ts';
import { isWithin, movedPath } from './path.ts';

/** Larger files are for programs; an editor in a page would only stand still (bytes). */
export const MAX_EDITED_BYTES = 2 * 1024 * 1024;

export type DocumentPhase =
  | { kind: 'loading' }
  | { kind: 'ready' }
  /** It cannot be edited here, only downloaded. */
  | { kind: 'refused'; why: 'binary' | 'large' | 'folder'; sizeBytes?: number }
  | { kind: 'failed'; message: string };

/** What somebody else did to the file since it was read: a save asks before it writes over that. */
export type DocumentConflict = 'changed' | 'gone';

export interface DocumentState {
  node: string;
  path: string;
  phase: DocumentPhase;
  /** Differs from what was read or saved last. */
  dirty: boolean;
  saving: boolean;
  conflict: DocumentConflict | null;
  /** Why the last save failed. */
  problem: string | null;
}

/** The text of a document, as an editor holds it. */
export interface DocumentBuffer {
  text(): string;
  /** Replaces all of it by what the node has. */
  load(text: string): void;
  /** Takes the text of this moment as the one that will be saved; the function says that it was. */
  mark(): () => void;
  isDirty(): boolean;
}

export interface OpenDocument {
  readonly id: string;
  readonly state: Value<DocumentState>;
  /** The text that was read last, for the editor that comes after it. */
  readonly loadedText: () => string;
  /** Joins the editor to the document; changes are told by `edited`. */
  bind(buffer: DocumentBuffer): void;
  edited(): void;
  /** Saves; `force` writes over what somebody else wrote. True when the node has the text. */
  save(force?: boolean): Promise<boolean>;
  /** Reads the file again, and drops what was typed. */
  reload(): Promise<void>;
  /** Goes on without a decision: the next save asks again. */
  keep(): void;
  /** Looks whether somebody else changed the file: takes it over when nothing was typed, says so otherwise. */
  check(): Promise<void>;
}

/** The text of bytes that are UTF-8 text (a byte order mark stays); null for anything else. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export type Documents = ReturnType<typeof createDocuments>;

export function createDocuments(api: Pick<FilesApi, 'read' | 'write'>, onSaved: (node: string, path: string) => void) {
  const open = new Map<string, OpenDocument>();
  /** Counts up when any document's mark may have changed. */
  const marks = createValue(0);

  function createDocument(id: string, node: string, firstPath: string): OpenDocument {
    const state = createValue<DocumentState>({
      node,
      path: firstPath,
      phase: { kind: 'loading' },
      dirty: false,
      saving: false,
      conflict: null,
      problem: null,
    });
    let etag = '';
    let loaded = '';
    let buffer: DocumentBuffer | null = null;
    const update = (patch: Partial<DocumentState>) => {
      const before = state.getState();
      state.set({ ...before, ...patch });
      if (patch.dirty !== undefined && patch.dirty !== before.dirty) marks.set(marks.getState() + 1);
    };

    async function read(): Promise<DocumentPhase> {
      const content = await api.read(node, state.getState().path, MAX_EDITED_BYTES);
      if (content.kind !== 'file') {
        const size = content.kind === 'large' ? { sizeBytes: content.sizeBytes } : {};
        return { kind: 'refused', why: content.kind, ...size };
      }
      const text = textOf(content.bytes);
      if (text === null) return { kind: 'refused', why: 'binary', sizeBytes: content.bytes.length };
      etag = content.etag;
      loaded = text;
      buffer?.load(text);
      return { kind: 'ready' };
    }

    async function load(): Promise<void> {
      try {
        update({ phase: await read(), dirty: false, conflict: null, problem: null });
      } catch (error) {
        update({ phase: { kind: 'failed', message: error instanceof Error ? error.message : String(error) } });
      }
    }

    const document: OpenDocument = {
      id,
      state,
      loadedText: () => loaded,
      bind(next) {
        buffer = next;
      },
      edited() {
        const dirty = buffer?.isDirty() ?? false;
        if (dirty !== state.getState().dirty) update({ dirty });
      },
      async save(force = false) {
        const { saving, phase, path } = state.getState();
        if (buffer === null || saving || phase.kind !== 'ready') return false;
        const saved = buffer.mark();
        const body = new Blob([buffer.text()]);
        update({ saving: true, problem: null });
        try {
          const answer = await api.write(node, path, body, force ? {} : { match: etag });
          if (!answer.complete) return false;
          etag = answer.etag;
          saved();
          update({ saving: false, conflict: null, dirty: buffer.isDirty() });
          onSaved(node, path);
          return true;
        } catch (error) {
          if (error instanceof ApiError && error.code === 'CONFLICT') {
            const conflict = String(error.details.current).includes('not there') ? 'gone' : 'changed';
            update({ saving: false, conflict });
          } else update({ saving: false, problem: error instanceof Error ? error.message : String(error) });
          return false;
        }
      },
      reload: load,
      keep: () => update({ conflict: null }),
      async check() {
        const { phase, saving, conflict, path } = state.getState();
        if (phase.kind !== 'ready' || saving || conflict !== null) return;
        const known = etag;
        const content = await api.read(node, path, MAX_EDITED_BYTES).catch((error: unknown) => {
          const gone = error instanceof ApiError && error.code === 'FILE_NOT_FOUND';
          return gone ? ({ kind: 'gone' } as const) : null;
        });
        // A save of our own may have come in between.
        if (content === null || etag !== known || state.getState().saving) return;
        if (content.kind === 'gone') return update({ conflict: 'gone' });
        if (content.kind === 'file' && content.etag === known) return;
        if (state.getState().dirty) return update({ conflict: 'changed' });
        await load();
      },
    };
    void load();
    return document;
  }

  return {
    marks,
    /** The document of a tab; read when it is not open yet. */
    get(id: string, node: string, path: string): OpenDocument {
      const document = open.get(id) ?? createDocument(id, node, path);
      open.set(id, document);
      return document;
    },
    peek: (id: string) => open.get(id),
    /** The ids of documents that hold unsaved text. */
    unsaved: () => [...open.values()].filter(({ state }) => state.getState().dirty).map(({ id }) => id),
    /** Documents follow what they show when it is renamed. */
    moved(node: string, from: string, to: string): void {
      for (const { state } of open.values()) {
        const now = state.getState();
        if (now.node === node && isWithin(now.path, from)) state.set({ ...now, path: movedPath(now.path, from, to) });
      }
      marks.set(marks.getState() + 1);
    },
    close(id: string): void {
      if (open.delete(id)) marks.set(marks.getState() + 1);
    },
    /** Closes all but these. */
    prune(ids: ReadonlySet<string>): void {
      for (const id of [...open.keys()]) if (!ids.has(id)) this.close(id);
    },
  };
}
