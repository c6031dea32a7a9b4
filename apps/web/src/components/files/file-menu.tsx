/** What can be done with a file or folder: the context menu of the tree (right click, long press, Shift+F10). */
'use client';

import { Copy, Download, FilePlus2, FolderOpen, FolderPlus, Pencil, RefreshCw, SquarePen, Trash2 } from 'lucide-react';
import { ContextMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { copyText } from '../../workbench/base/clipboard.ts';
import { isDamagedName, nameOf } from '../../workbench/files/path.ts';
import { rowsOf } from '../../workbench/files/tree.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

const text = strings.files;

interface ItemProps {
  icon: ReactNode;
  hint?: string;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ icon, hint, danger = false, onSelect, children }: ItemProps) {
  return (
    <ContextMenu.Item
      onSelect={onSelect}
      className={cn(
        'flex cursor-pointer select-none items-center gap-2.5 rounded-md px-2.5 py-1.5 outline-none coarse:py-2.5',
        'data-[highlighted]:bg-ink/8',
        danger && 'text-danger',
      )}
    >
      <span className="flex w-4 justify-center" aria-hidden="true">
        {icon}
      </span>
      <span className="flex-1">{children}</span>
      {hint !== undefined && <kbd className="text-ink-3">{hint}</kbd>}
    </ContextMenu.Item>
  );
}

const Rule = () => <ContextMenu.Separator className="my-1.5 h-px bg-line" />;

function Items({ node, onOpened }: { node: string; onOpened: () => void }) {
  const { files, dialog } = useWorkbench();
  const state = useValue(files.tree);
  const row = rowsOf(state).find((other) => other.kind === 'entry' && other.path === state.chosen);
  const folder = files.tree.targetFolder();
  const make = (what: 'file' | 'folder') => dialog.set({ kind: 'new-file', what, node, folder });
  const entry = row?.kind === 'entry' && !isDamagedName(row.entry.name) ? row : null;
  return (
    <>
      {entry !== null && !entry.isFolder && entry.entry.kind !== 'other' && (
        <Item
          icon={<SquarePen size={15} />}
          onSelect={() => {
            files.openFile(node, entry.path);
            onOpened();
          }}
        >
          {text.menu.open}
        </Item>
      )}
      {(entry === null || entry.isFolder) && (
        <>
          <Item icon={<FilePlus2 size={15} />} onSelect={() => make('file')}>
            {text.newFile}
          </Item>
          <Item icon={<FolderPlus size={15} />} onSelect={() => make('folder')}>
            {text.newFolder}
          </Item>
          <Rule />
        </>
      )}
      {entry === null && (
        <Item icon={<RefreshCw size={15} />} onSelect={() => void files.tree.refresh()}>
          {text.refresh}
        </Item>
      )}
      {entry?.isFolder && (
        <Item icon={<FolderOpen size={15} />} onSelect={() => files.tree.setRoot(entry.path)}>
          {text.menu.showOnly}
        </Item>
      )}
      {entry !== null && entry.entry.kind !== 'other' && (
        <Item
          icon={<Download size={15} />}
          onSelect={() =>
            void files.download(node, entry.path, nameOf(entry.path) + (entry.entry.kind === 'directory' ? '.tar' : ''))
          }
        >
          {entry.isFolder ? text.menu.downloadTar : text.menu.download}
        </Item>
      )}
      {entry !== null && (
        <>
          <Item icon={<Copy size={15} />} onSelect={() => void copyText(entry.path)}>
            {text.menu.copyPath}
          </Item>
          <Rule />
          <Item
            icon={<Pencil size={15} />}
            hint="F2"
            onSelect={() => dialog.set({ kind: 'move-file', node, path: entry.path })}
          >
            {text.menu.rename}
          </Item>
          <Item
            danger
            icon={<Trash2 size={15} />}
            hint="Del"
            onSelect={() =>
              dialog.set({
                kind: 'delete-file',
                node,
                path: entry.path,
                isFolder: entry.entry.kind === 'directory',
              })
            }
          >
            {text.menu.delete}
          </Item>
        </>
      )}
    </>
  );
}

export function FileMenu({ node, onOpened, children }: { node: string; onOpened: () => void; children: ReactNode }) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          collisionPadding={8}
          className="z-50 min-w-52 max-w-80 rounded-lg border border-line bg-raised p-1.5 text-ink text-sm shadow-float"
        >
          <Items node={node} onOpened={onOpened} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
