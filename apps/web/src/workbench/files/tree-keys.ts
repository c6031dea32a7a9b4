/** What a key means in the tree (WAI-ARIA tree view pattern); pure, so that it is tested without a page. */
import { parentOf } from './path.ts';
import type { TreeRow } from './tree.ts';

export type TreeMove =
  | { kind: 'choose'; path: string }
  | { kind: 'open'; path: string }
  | { kind: 'close'; path: string }
  | { kind: 'activate'; path: string };

type EntryRow = Extract<TreeRow, { kind: 'entry' }>;
type StopRow = Extract<TreeRow, { kind: 'entry' | 'more' }>;

/** The move of `key` with `chosen` in focus; null when the key means nothing here. */
export function treeMove(rows: readonly TreeRow[], chosen: string | null, key: string): TreeMove | null {
  const entries = rows.filter((row): row is StopRow => row.kind !== 'note');
  const index = entries.findIndex(({ path }) => path === chosen);
  const row = entries[index];
  const choose = (to: StopRow | undefined): TreeMove | null =>
    to === undefined || to.path === chosen ? null : { kind: 'choose', path: to.path };
  switch (key) {
    case 'ArrowDown':
      return choose(entries[index + 1]);
    case 'ArrowUp':
      return choose(index === -1 ? entries.at(-1) : entries[index - 1]);
    case 'Home':
      return choose(entries[0]);
    case 'End':
      return choose(entries.at(-1));
    case 'ArrowRight':
      if (row?.kind !== 'entry' || !row.isFolder) return null;
      if (!row.isOpen) return { kind: 'open', path: row.path };
      return choose(entries[index + 1]?.level === row.level + 1 ? entries[index + 1] : undefined);
    case 'ArrowLeft':
      if (row === undefined) return null;
      if (row.kind === 'more') return choose(entries.find(({ path }) => path === row.folder));
      if (row.isOpen) return { kind: 'close', path: row.path };
      return choose(entries.find(({ path }) => path === parentOf(row.path)));
    case 'Enter':
    case ' ':
      return row === undefined ? null : { kind: 'activate', path: row.path };
    default:
      return null;
  }
}

/** The next entry after `chosen` whose name begins with `typed`; wraps around. */
export function typeAhead(rows: readonly TreeRow[], chosen: string | null, typed: string): string | null {
  const entries = rows.filter((row): row is EntryRow => row.kind === 'entry');
  const from = entries.findIndex(({ path }) => path === chosen);
  // One letter goes on to the next of its kind; a longer word may stay where it is.
  const start = typed.length > 1 ? Math.max(0, from) : from + 1;
  const around = [...entries.slice(start), ...entries.slice(0, start)];
  return around.find(({ entry }) => entry.name.toLowerCase().startsWith(typed.toLowerCase()))?.path ?? null;
}
