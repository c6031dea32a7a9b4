/** The tree of a node's files: which folders are open, what they hold, and what is chosen; lists a folder when it is opened. */
import type { FilesApi } from '@drydock/client';
import type { FileEntry } from '@drydock/protocol';
import { createValue } from '../base/store.ts';
import { isWithin, joinPath, movedPath, parentOf } from './path.ts';

/** Where a node's tree begins: what a learner makes lies here. */
export const HOME = '/root';
/** Entries of a folder that are shown at once; more come on demand, so that a folder of thousands does not stop the page. */
export const SHOWN_ENTRIES = 300;
/** Open folders that are listed anew on a refresh; each is a program run in the node. */
const MAX_OPEN_FOLDERS = 60;

export type Folder =
  | { kind: 'loading' }
  | { kind: 'listed'; entries: readonly FileEntry[]; truncated: boolean; shown: number }
  | { kind: 'failed'; message: string };

export interface TreeState {
  node: string | null;
  /** The folder at the top. */
  root: string;
  folders: ReadonlyMap<string, Folder>;
  /** Open folders, the one opened last at the end. */
  open: ReadonlySet<string>;
  /** The row that keys and commands act on. */
  chosen: string | null;
}

/** A line of the tree. A `note` stands in for what a folder has not (yet). */
export type TreeRow =
  | {
      kind: 'entry';
      path: string;
      entry: FileEntry;
      level: number;
      isFolder: boolean;
      isOpen: boolean;
      /** Place among its neighbours, from 1, and how many there are. */
      place: number;
      of: number;
    }
  | { kind: 'note'; path: string; level: number; note: 'loading' | 'empty' | 'failed' | 'truncated'; text?: string }
  /** Its path is no file's: what is hidden of the folder `folder`. */
  | { kind: 'more'; path: string; folder: string; level: number; hidden: number };

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
/** Parts of uploads that are under way are nobody's files. */
const PART = /^\.drydock-[\w-]+\.part$/;

export function isFolder({ kind, targetKind }: FileEntry): boolean {
  return kind === 'directory' || (kind === 'link' && targetKind === 'directory');
}

/** Entries in the order people look for them: folders first, numbers by value. */
export function sortEntries(entries: readonly FileEntry[]): FileEntry[] {
  return entries
    .filter(({ name }) => !PART.test(name))
    .sort((a, b) => Number(isFolder(b)) - Number(isFolder(a)) || byName.compare(a.name, b.name));
}

/** The lines of the tree from top to bottom. */
export function rowsOf(state: TreeState): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (path: string, level: number) => {
    const folder = state.folders.get(path);
    if (folder === undefined || folder.kind === 'loading')
      return rows.push({ kind: 'note', path, level, note: 'loading' });
    if (folder.kind === 'failed') return rows.push({ kind: 'note', path, level, note: 'failed', text: folder.message });
    const { entries, shown, truncated } = folder;
    if (entries.length === 0) rows.push({ kind: 'note', path, level, note: 'empty' });
    for (const [index, entry] of entries.slice(0, shown).entries()) {
      const child = joinPath(path, entry.name);
      const folderHere = isFolder(entry);
      const isOpen = folderHere && state.open.has(child);
      const place = { level, place: index + 1, of: entries.length };
      rows.push({ kind: 'entry', path: child, entry, isFolder: folderHere, isOpen, ...place });
      if (isOpen) walk(child, level + 1);
    }
    if (entries.length > shown)
      rows.push({ kind: 'more', path: `${path}//more`, folder: path, level, hidden: entries.length - shown });
    else if (truncated) rows.push({ kind: 'note', path, level, note: 'truncated' });
  };
  walk(state.root, 1);
  return rows;
}

export type FilesTree = ReturnType<typeof createFilesTree>;

/** Builds an empty tree; `showNode` fills it. */
export function createFilesTree(api: Pick<FilesApi, 'list'>) {
  const state = createValue<TreeState>({ node: null, root: HOME, folders: new Map(), open: new Set(), chosen: null });
  /** What each node's tree looked like when another one was shown. */
  const kept = new Map<string, TreeState>();
  /** The latest listing of a folder wins, whatever comes last. */
  const asked = new Map<string, number>();
  let count = 0;

  const update = (patch: Partial<TreeState>) => state.set({ ...state.getState(), ...patch });

  async function list(path: string): Promise<void> {
    const { node, folders } = state.getState();
    if (node === null) return;
    count += 1;
    const turn = count;
    const key = `${node}:${path}`;
    asked.set(key, turn);
    const before = folders.get(path);
    // What was listed stays to be seen until the new list is there.
    if (before?.kind !== 'listed') update({ folders: new Map(folders).set(path, { kind: 'loading' }) });
    const shown = before?.kind === 'listed' ? before.shown : SHOWN_ENTRIES;
    const folder: Folder = await api.list(node, path).then(
      ({ entries, truncated }) => ({ kind: 'listed', entries: sortEntries(entries), truncated, shown }),
      (error: unknown) => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
    if (asked.get(key) !== turn) return;
    asked.delete(key);
    const now = state.getState();
    if (now.node === node) return update({ folders: new Map(now.folders).set(path, folder) });
    const other = kept.get(node);
    if (other) kept.set(node, { ...other, folders: new Map(other.folders).set(path, folder) });
  }

  function openFolder(path: string): Promise<void> {
    const open = new Set(state.getState().open);
    open.delete(path);
    open.add(path);
    update({ open });
    return list(path);
  }

  function closeFolder(path: string): void {
    const { open, chosen } = state.getState();
    const left = new Set([...open].filter((other) => other !== path));
    update({ open: left, ...(chosen !== null && chosen !== path && isWithin(chosen, path) ? { chosen: path } : {}) });
  }

  /** Lists the top and all open folders below it again. */
  async function refresh(): Promise<void> {
    const { root, open } = state.getState();
    const below = [...open].filter((path) => path !== root && isWithin(path, root));
    await Promise.all([root, ...below.slice(-MAX_OPEN_FOLDERS)].map(list));
  }

  return {
    getState: state.getState,
    subscribe: state.subscribe,
    /** Shows a node's tree as it was left, or from its home. */
    showNode(node: string | null): void {
      const before = state.getState();
      if (before.node === node) return;
      if (before.node !== null) kept.set(before.node, before);
      const empty: TreeState = { node, root: HOME, folders: new Map(), open: new Set(), chosen: null };
      state.set((node === null ? undefined : kept.get(node)) ?? empty);
      void refresh();
    },
    /** Forgets a node that is gone. */
    forget: (node: string) => void kept.delete(node),
    setRoot(root: string): void {
      update({ root, chosen: null });
      void refresh();
    },
    openFolder,
    closeFolder,
    choose: (chosen: string | null) => update({ chosen }),
    showMore(path: string): void {
      const { folders } = state.getState();
      const folder = folders.get(path);
      if (folder?.kind !== 'listed') return;
      update({ folders: new Map(folders).set(path, { ...folder, shown: folder.shown + SHOWN_ENTRIES }) });
    },
    refresh,
    /** Lists a folder again if it can be seen. */
    async changed(node: string, path: string): Promise<void> {
      const now = state.getState();
      if (now.node === node && now.folders.has(path)) await list(path);
    },
    /** Keeps what was open and chosen over a rename. */
    moved(node: string, from: string, to: string): void {
      const { open, chosen, node: shown } = state.getState();
      if (shown !== node) return;
      update({
        open: new Set([...open].map((path) => movedPath(path, from, to))),
        chosen: chosen === null ? null : movedPath(chosen, from, to),
      });
      for (const path of state.getState().open) if (isWithin(path, to)) void list(path);
    },
    /** The folder that new things go to: the chosen one, or the one that holds what is chosen. */
    targetFolder(): string {
      const now = state.getState();
      const row = rowsOf(now).find((other) => other.kind === 'entry' && other.path === now.chosen);
      if (row?.kind !== 'entry') return now.root;
      return row.isFolder ? row.path : parentOf(row.path);
    },
  };
}
