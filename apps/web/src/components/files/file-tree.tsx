/** The tree of a node's files (WAI-ARIA tree view): by mouse, touch and keyboard; things can be dropped on its folders. */
'use client';

import { type DragEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { carriesFiles } from '../../workbench/files/dropped.ts';
import { isDamagedName, isWithin, joinPath, nameOf, parentOf, shownName } from '../../workbench/files/path.ts';
import { rowsOf, type TreeRow } from '../../workbench/files/tree.ts';
import { treeMove, typeAhead } from '../../workbench/files/tree-keys.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { FileMenu } from './file-menu.tsx';
import { FileRow, NoteRow } from './file-row.tsx';

/** What a row of ours carries while it is dragged. */
const DRAGGED = 'application/x-drydock-path';
/** Letters typed within this time are one word (ms). */
const TYPED_MS = 700;

/** The folder that a drag hangs over: that of the row under it, or the top of the tree. */
function folderUnder(event: DragEvent, root: string): string {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-path]') : null;
  const path = row?.dataset.path;
  if (row === null || path === undefined || path.endsWith('//more')) return root;
  return row.dataset.folder === undefined ? parentOf(path) : path;
}

export function FileTree({ node, onOpened }: { node: string; onOpened: () => void }) {
  const { files, dialog, notices } = useWorkbench();
  const { tree } = files;
  const state = useValue(tree);
  const rows = useMemo(() => rowsOf(state), [state]);
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const [target, setTarget] = useState<string | null>(null);
  const stops = rows.filter(({ kind }) => kind !== 'note');
  const stop = stops.some(({ path }) => path === state.chosen) ? state.chosen : (stops[0]?.path ?? null);

  // The focus follows the choice, but is never taken from elsewhere.
  useEffect(() => {
    if (state.chosen === null || !list.current?.contains(document.activeElement)) return;
    const row = list.current.querySelector<HTMLElement>(`[data-path="${CSS.escape(state.chosen)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  }, [state.chosen]);

  function activate(row: TreeRow | undefined): void {
    if (row?.kind === 'more') tree.showMore(row.folder);
    if (row?.kind !== 'entry') return;
    tree.choose(row.path);
    if (row.isOpen) tree.closeFolder(row.path);
    else if (row.isFolder) void tree.openFolder(row.path);
    if (
      row.isFolder ||
      row.entry.kind === 'other' ||
      isDamagedName(row.entry.name) ||
      row.entry.targetKind === 'missing'
    )
      return;
    files.openFile(node, row.path);
    onOpened();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { key } = event;
    // The row that has the focus, which need not be the chosen one.
    const at = (event.target as HTMLElement).closest<HTMLElement>('[data-path]')?.dataset.path ?? stop;
    const row = rows.find((other) => other.kind === 'entry' && other.path === at);
    if (row?.kind === 'entry' && key === 'F2') dialog.set({ kind: 'move-file', node, path: row.path });
    else if (row?.kind === 'entry' && key === 'Delete')
      dialog.set({ kind: 'delete-file', node, path: row.path, isFolder: row.entry.kind === 'directory' });
    else if (key.length === 1 && key !== ' ') {
      const now = Date.now();
      typed.current = { text: (now - typed.current.at < TYPED_MS ? typed.current.text : '') + key, at: now };
      const found = typeAhead(rows, at, typed.current.text);
      if (found !== null) tree.choose(found);
    } else {
      const move = treeMove(rows, at, key);
      if (move === null) return;
      if (move.kind === 'choose') tree.choose(move.path);
      else if (move.kind === 'open') void tree.openFolder(move.path);
      else if (move.kind === 'close') tree.closeFolder(move.path);
      else activate(rows.find(({ path }) => path === move.path));
    }
    event.preventDefault();
  }

  function onDrop(event: DragEvent): void {
    const folder = folderUnder(event, state.root);
    setTarget(null);
    const from = event.dataTransfer.getData(DRAGGED);
    if (from !== '') {
      event.preventDefault();
      if (parentOf(from) === folder || isWithin(folder, from)) return;
      files
        .move(node, from, joinPath(folder, nameOf(from)))
        .catch((error: unknown) => notices.fail(strings.files.errors.move, error));
    } else if (carriesFiles(event.dataTransfer)) {
      event.preventDefault();
      files.uploadDrop(node, folder, event.dataTransfer);
    }
  }

  return (
    <FileMenu node={node} onOpened={onOpened}>
      <div
        ref={list}
        role="tree"
        aria-label={strings.files.tree(node, shownName(state.root))}
        className="scroll-quiet min-h-0 flex-1 overflow-y-auto pb-6"
        onKeyDown={onKeyDown}
        onContextMenuCapture={(event) => {
          const row = (event.target as Element).closest<HTMLElement>('[data-path]');
          tree.choose(row?.dataset.path ?? null);
        }}
        onDragStart={(event) => {
          const path = (event.target as HTMLElement).dataset.path;
          if (path !== undefined) event.dataTransfer.setData(DRAGGED, path);
        }}
        onDragOver={(event) => {
          if (!carriesFiles(event.dataTransfer) && !event.dataTransfer.types.includes(DRAGGED)) return;
          event.preventDefault();
          setTarget(folderUnder(event, state.root));
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setTarget(null);
        }}
        onDragEnd={() => setTarget(null)}
        onDrop={onDrop}
      >
        {rows.map((row) =>
          row.kind === 'entry' ? (
            <FileRow
              key={row.path}
              row={row}
              chosen={row.path === state.chosen}
              isStop={row.path === stop}
              isTarget={target !== null && isWithin(row.path, target)}
              draggable
              onPress={() => activate(row)}
            />
          ) : (
            <NoteRow
              key={`${row.path}:${row.kind}`}
              row={row}
              chosen={row.kind === 'more' && row.path === state.chosen}
              isStop={row.path === stop}
              onPress={() => activate(row)}
            />
          ),
        )}
      </div>
    </FileMenu>
  );
}
