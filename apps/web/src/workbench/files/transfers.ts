/** Uploads as a person sees them: one per dropped file or folder, with progress, cancel, retry, and a question before anything is replaced. */
import { ApiError, dropUpload, type FilesApi, type FileUpload, PIECE_BYTES, sendFile } from '@drydock/client';
import { createValue } from '../base/store.ts';
import { joinPath, parentOf } from './path.ts';

/** Something to upload: a file, or a folder with all that is in it; paths are relative to the item's own name. */
export interface UploadItem {
  name: string;
  kind: 'file' | 'folder';
  files: readonly { path: string; blob: Blob }[];
  /** Folders below, the outer before the inner. */
  folders: readonly string[];
}

export type TransferState =
  | { kind: 'waiting' }
  | { kind: 'sending' }
  | { kind: 'paused'; retryAt: number }
  /** Something of that name is there: replace it (a folder: merge into it) or leave it. */
  | { kind: 'exists' }
  | { kind: 'failed'; message: string }
  | { kind: 'done' }
  | { kind: 'cancelled' };

export interface Transfer {
  id: number;
  node: string;
  /** The folder that it goes to. */
  folder: string;
  name: string;
  kind: 'file' | 'folder';
  state: TransferState;
  bytes: number;
  sent: number;
  files: number;
  filesDone: number;
}

/** Transfers at once, and requests at once within a folder: enough to hide the way there and back. */
const PARALLEL_TRANSFERS = 2;
const PARALLEL_FILES = 4;
/** Finished transfers that stay listed. */
const KEPT = 50;
/** Changes of progress are told at most this often (ms). */
const PROGRESS_MS = 100;

interface Work {
  transfer: Transfer;
  item: UploadItem;
  /** By path in the item; made when first sent, so that a retry goes on where it was. */
  uploads: Map<string, FileUpload>;
  done: Set<string>;
  madeFolders: boolean;
  mayReplace: boolean;
  abort: AbortController;
  toldAt: number;
}

export type Transfers = ReturnType<typeof createTransfers>;

export interface TransfersDeps {
  api: FilesApi;
  /** A folder holds something new. */
  onChanged(node: string, folder: string): void;
  newId?: () => string;
  /** The pause before attempt n (ms). */
  wait?: (attempt: number) => number;
}

/** Runs `work` over all items, `width` at a time; the first failure stops the rest. */
async function eachOf<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined && !failed; item = items[next++]) {
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  for (const { status, reason } of lanes as PromiseRejectedResult[]) if (status === 'rejected') throw reason;
}

export function createTransfers({ api, onChanged, newId = () => crypto.randomUUID(), wait }: TransfersDeps) {
  const list = createValue<readonly Transfer[]>([]);
  const works = new Map<number, Work>();
  let nextId = 1;
  let running = 0;

  function update(work: Work, patch: Partial<Transfer>): void {
    work.transfer = { ...work.transfer, ...patch };
    list.set(list.getState().map((other) => (other.id === work.transfer.id ? work.transfer : other)));
  }

  function progress(work: Work): void {
    const now = Date.now();
    if (now - work.toldAt < PROGRESS_MS) return;
    work.toldAt = now;
    update(work, { sent: sentOf(work), filesDone: work.done.size });
  }

  const inFlight = new WeakMap<FileUpload, number>();
  function sentOf({ item, uploads, done }: Work): number {
    let sent = 0;
    for (const { path, blob } of item.files) {
      const upload = uploads.get(path);
      sent += done.has(path) ? blob.size : upload ? (inFlight.get(upload) ?? upload.received) : 0;
    }
    return sent;
  }

  async function makeFolders(work: Work, top: string): Promise<void> {
    const { node } = work.transfer;
    const make = async (path: string, mayBeThere: boolean) => {
      try {
        await api.makeDirectory(node, path);
      } catch (error) {
        if (!(mayBeThere && error instanceof ApiError && error.code === 'CONFLICT')) throw error;
      }
    };
    // A retry finds folders of its own.
    await make(top, work.mayReplace || work.madeFolders);
    work.madeFolders = true;
    for (const path of work.item.folders) await make(joinPath(top, path), true);
  }

  async function sendAll(work: Work): Promise<void> {
    const { item, uploads, done, abort, transfer } = work;
    const top = joinPath(transfer.folder, item.name);
    if (item.kind === 'folder') await makeFolders(work, top);
    const left = item.files.filter(({ path }) => !done.has(path));
    await eachOf(left, PARALLEL_FILES, async ({ path, blob }) => {
      const target = item.kind === 'folder' ? joinPath(top, path) : top;
      const mustBeNew = item.kind === 'file' && !work.mayReplace;
      const upload = uploads.get(path) ?? {
        node: transfer.node,
        path: target,
        blob,
        id: newId(),
        received: 0,
        mustBeNew,
      };
      upload.mustBeNew = mustBeNew;
      uploads.set(path, upload);
      const events = {
        onProgress(sent: number) {
          inFlight.set(upload, sent);
          progress(work);
        },
        onPause(retryAt: number | null) {
          if (!abort.signal.aborted)
            update(work, { state: retryAt === null ? { kind: 'sending' } : { kind: 'paused', retryAt } });
        },
      };
      await sendFile(api, upload, events, abort.signal, wait);
      done.add(path);
      progress(work);
    });
  }

  function endOf(error: unknown): TransferState {
    if (error instanceof ApiError && error.code === 'CONFLICT') return { kind: 'exists' };
    // A file that was changed or taken away on this computer while it was read.
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }

  async function run(work: Work): Promise<void> {
    running += 1;
    update(work, { state: { kind: 'sending' } });
    try {
      await sendAll(work);
      update(work, { state: { kind: 'done' }, sent: work.transfer.bytes, filesDone: work.done.size });
    } catch (error) {
      if (!work.abort.signal.aborted) update(work, { state: endOf(error), sent: sentOf(work) });
    } finally {
      running -= 1;
      onChanged(work.transfer.node, work.transfer.folder);
      onChanged(work.transfer.node, joinPath(work.transfer.folder, work.transfer.name));
      start();
    }
  }

  function start(): void {
    for (const work of works.values()) {
      if (running >= PARALLEL_TRANSFERS) return;
      if (work.transfer.state.kind === 'waiting') void run(work);
    }
  }

  function again(id: number, patch: Partial<Pick<Work, 'mayReplace'>> = {}): void {
    const work = works.get(id);
    if (work === undefined) return;
    Object.assign(work, patch, { abort: new AbortController() });
    update(work, { state: { kind: 'waiting' } });
    start();
  }

  return {
    getState: list.getState,
    subscribe: list.subscribe,
    /** Puts items into the queue for a folder of a node. */
    add(node: string, folder: string, items: readonly UploadItem[]): void {
      for (const item of items) {
        const bytes = item.files.reduce((sum, { blob }) => sum + blob.size, 0);
        const counts = { bytes, sent: 0, files: item.files.length, filesDone: 0 };
        const state: TransferState = { kind: 'waiting' };
        const transfer = { id: nextId++, node, folder, name: item.name, kind: item.kind, state, ...counts };
        const fresh = { uploads: new Map(), done: new Set<string>(), madeFolders: false, mayReplace: false, toldAt: 0 };
        works.set(transfer.id, { transfer, item, abort: new AbortController(), ...fresh });
        list.set([...list.getState(), transfer]);
      }
      const old = list.getState().filter(({ state }) => state.kind === 'done' || state.kind === 'cancelled');
      for (const { id } of old.slice(0, Math.max(0, old.length - KEPT))) this.dismiss(id);
      start();
    },
    /** Goes on with what failed, where it was. */
    retry: (id: number) => again(id),
    /** Takes the place of what is there. */
    replace: (id: number) => again(id, { mayReplace: true }),
    /** Stops; what is there already stays, what is half there is taken away. */
    cancel(id: number): void {
      const work = works.get(id);
      if (work === undefined) return;
      work.abort.abort(new Error('cancelled'));
      update(work, { state: { kind: 'cancelled' } });
      for (const [path, upload] of work.uploads) {
        if (work.done.has(path) || upload.blob.size <= PIECE_BYTES) continue;
        dropUpload(api, upload, wait).then(
          () => onChanged(upload.node, parentOf(upload.path)),
          () => undefined,
        );
      }
    },
    /** Takes a finished one from the list. */
    dismiss(id: number): void {
      works.delete(id);
      list.set(list.getState().filter((transfer) => transfer.id !== id));
    },
    dismissFinished(): void {
      for (const { id, state } of list.getState())
        if (state.kind === 'done' || state.kind === 'cancelled') this.dismiss(id);
    },
    /** Whether leaving the page would lose something. */
    isBusy: () => list.getState().some(({ state }) => ['waiting', 'sending', 'paused'].includes(state.kind)),
    dispose(): void {
      for (const { abort } of works.values()) abort.abort(new Error('left'));
      works.clear();
    },
  };
}
