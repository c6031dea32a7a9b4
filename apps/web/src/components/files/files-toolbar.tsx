/** What can be done with the node's files as a whole: make, upload, refresh, take home. */
'use client';

import { Ellipsis, FilePlus2, FolderArchive, FolderPlus, FolderUp, RefreshCw, ScrollText, Upload } from 'lucide-react';
import { useRef } from 'react';
import { strings } from '../../strings.ts';
import { HOME } from '../../workbench/files/tree.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';

const text = strings.files;

export function FilesToolbar({ node }: { node: string }) {
  const { files, dialog } = useWorkbench();
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const make = (what: 'file' | 'folder') =>
    dialog.set({ kind: 'new-file', what, node, folder: files.tree.targetFolder() });
  const input = (ref: typeof fileInput, more: object) => (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      onChange={({ currentTarget }) => {
        files.uploadFiles(node, files.tree.targetFolder(), [...(currentTarget.files ?? [])]);
        // The same file may be chosen again.
        currentTarget.value = '';
      }}
      {...more}
    />
  );
  return (
    <div role="toolbar" aria-label={text.of(node)} className="flex shrink-0 items-center gap-0.5 px-2 pb-1">
      <IconButton label={text.newFile} onClick={() => make('file')}>
        <FilePlus2 size={17} aria-hidden="true" />
      </IconButton>
      <IconButton label={text.newFolder} onClick={() => make('folder')}>
        <FolderPlus size={17} aria-hidden="true" />
      </IconButton>
      <Menu
        align="start"
        trigger={
          <IconButton label={text.upload}>
            <Upload size={17} aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<Upload size={15} />} onSelect={() => fileInput.current?.click()}>
          {text.uploadFiles}
        </MenuItem>
        <MenuItem icon={<FolderUp size={15} />} onSelect={() => folderInput.current?.click()}>
          {text.uploadFolder}
        </MenuItem>
      </Menu>
      <IconButton label={text.refresh} onClick={() => void files.tree.refresh()}>
        <RefreshCw size={16} aria-hidden="true" />
      </IconButton>
      <span className="ml-auto">
        <Menu
          trigger={
            <IconButton label={text.more}>
              <Ellipsis size={17} aria-hidden="true" />
            </IconButton>
          }
        >
          <MenuItem icon={<ScrollText size={15} />} onSelect={() => void files.downloadHistory(node)}>
            {text.history}
          </MenuItem>
          <MenuItem
            icon={<FolderArchive size={15} />}
            onSelect={() => void files.download(node, HOME, `${node}-root.tar`)}
          >
            {text.homeTar}
          </MenuItem>
        </Menu>
      </span>
      {input(fileInput, {})}
      {input(folderInput, { webkitdirectory: '' })}
    </div>
  );
}
