/** One line of the tree. */
'use client';

import {
  ChevronRight,
  EllipsisVertical,
  File,
  FileSymlink,
  FileText,
  Folder,
  FolderOpen,
  FolderSymlink,
} from 'lucide-react';
import type { MouseEvent } from 'react';
import { strings } from '../../strings.ts';
import { formatBytes } from '../../workbench/base/format.ts';
import { isDamagedName, shownName } from '../../workbench/files/path.ts';
import type { TreeRow } from '../../workbench/files/tree.ts';
import { cn } from '../ui/cn.ts';

const text = strings.files;

type EntryRow = Extract<TreeRow, { kind: 'entry' }>;
type OtherRow = Exclude<TreeRow, EntryRow>;

/** Room for a level of depth, and before the first (px). */
const INDENT = 14;
const EDGE = 8;

const indentOf = (level: number) => ({ paddingLeft: EDGE + (level - 1) * INDENT });

function iconOf({ entry, isFolder, isOpen }: EntryRow) {
  if (entry.kind === 'link') return isFolder ? FolderSymlink : FileSymlink;
  if (isFolder) return isOpen ? FolderOpen : Folder;
  return entry.kind === 'file' ? FileText : File;
}

function hintOf({ entry }: EntryRow): string {
  if (isDamagedName(entry.name)) return text.damaged;
  if (entry.kind === 'other') return text.other;
  if (entry.kind !== 'link') return shownName(entry.name);
  const target = shownName(entry.target ?? '');
  return entry.targetKind === 'missing' ? text.brokenLink(target) : text.link(target);
}

/** The menu of a row by its button: the same that a right click opens, at the same place. */
function openMenu(event: MouseEvent<HTMLElement>): void {
  event.stopPropagation();
  const { clientX, clientY } = event;
  event.currentTarget.dispatchEvent(
    new globalThis.MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY }),
  );
}

interface FileRowProps {
  row: EntryRow;
  chosen: boolean;
  /** The row is the tree's stop of the Tab key. */
  isStop: boolean;
  /** Something hangs over the folder that it is, or lies in. */
  isTarget: boolean;
  draggable: boolean;
  onPress: () => void;
}

export function FileRow({ row, chosen, isStop, isTarget, draggable, onPress }: FileRowProps) {
  const { entry, isFolder, isOpen, level, path } = row;
  const Icon = iconOf(row);
  const damaged = isDamagedName(entry.name) || entry.targetKind === 'missing';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys belong to the tree as a whole (file-tree.tsx).
    <div
      role="treeitem"
      aria-level={level}
      aria-setsize={row.of}
      aria-posinset={row.place}
      aria-selected={chosen}
      aria-expanded={isFolder ? isOpen : undefined}
      aria-label={shownName(entry.name)}
      tabIndex={isStop ? 0 : -1}
      data-path={path}
      data-folder={isFolder ? '' : undefined}
      title={hintOf(row)}
      draggable={draggable && !isDamagedName(entry.name)}
      onClick={onPress}
      style={indentOf(level)}
      className={cn(
        'group flex h-7 cursor-pointer select-none items-center gap-1.5 pr-1 text-[13.5px] coarse:h-11',
        'focus-visible:-outline-offset-2',
        chosen ? 'bg-accent-soft text-ink' : 'text-ink-2 hover:bg-ink/6 hover:text-ink',
        isTarget && 'bg-crane/25 text-ink',
      )}
    >
      <ChevronRight
        size={14}
        aria-hidden="true"
        className={cn('shrink-0 text-ink-3 transition-transform', isOpen && 'rotate-90', !isFolder && 'invisible')}
      />
      <Icon size={15} aria-hidden="true" className={cn('shrink-0', isFolder ? 'text-accent' : 'text-ink-3')} />
      <span className={cn('min-w-0 flex-1 truncate', damaged && 'italic line-through decoration-1')}>
        {shownName(entry.name)}
      </span>
      {entry.kind === 'file' && (
        <span className="shrink-0 text-[11.5px] text-ink-3 tabular-nums group-hover:hidden coarse:group-hover:inline">
          {formatBytes(entry.sizeBytes)}
        </span>
      )}
      <span
        aria-hidden="true"
        onClick={openMenu}
        className={cn(
          'size-6 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-ink/10 hover:text-ink coarse:flex coarse:size-9',
          chosen ? 'flex' : 'hidden group-hover:flex',
        )}
      >
        <EllipsisVertical size={14} />
      </span>
    </div>
  );
}

interface NoteRowProps {
  row: OtherRow;
  chosen: boolean;
  isStop: boolean;
  onPress: () => void;
}

/** A line that stands for what is not there (yet). */
export function NoteRow({ row, chosen, isStop, onPress }: NoteRowProps) {
  const words =
    row.kind === 'more' ? text.showMore(row.hidden) : row.note === 'failed' ? (row.text ?? '') : text[row.note];
  const isMore = row.kind === 'more';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys belong to the tree as a whole (file-tree.tsx).
    <div
      role="treeitem"
      aria-level={row.level}
      aria-selected={chosen}
      aria-disabled={isMore ? undefined : true}
      tabIndex={isMore && isStop ? 0 : -1}
      data-path={isMore ? row.path : undefined}
      onClick={isMore ? onPress : undefined}
      style={{ paddingLeft: EDGE + (row.level - 1) * INDENT + 20 }}
      className={cn(
        'py-1 pr-2 text-[12.5px] coarse:py-3',
        row.kind === 'note' && row.note === 'failed' ? 'text-danger' : 'text-ink-3',
        isMore && 'cursor-pointer text-accent underline underline-offset-4 focus-visible:-outline-offset-2',
        chosen && 'bg-accent-soft',
      )}
    >
      {words}
    </div>
  );
}
