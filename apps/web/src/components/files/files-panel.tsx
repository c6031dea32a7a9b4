/** The files of a node: a tree, what can be done with it, and the uploads. Follows the node that is being worked on. */
'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { Crumbs } from './crumbs.tsx';
import { FileTree } from './file-tree.tsx';
import { FilesToolbar } from './files-toolbar.tsx';
import { TransferList } from './transfer-list.tsx';

const text = strings.files;

/** A list older than this is read anew when somebody comes back to the panel (ms): commands in a terminal make files too. */
const STALE_MS = 2000;

function useTreeOfActiveNode(): string | null {
  const { files, place, workspace } = useWorkbench();
  const { session } = useWorkbenchData();
  useValue(workspace);
  const { node } = useValue(files.tree);
  const active = place.activeNode();
  const last = useRef<string | null>(null);
  const exists = session.nodes.some(({ name }) => name === node);
  useEffect(() => {
    if (active === last.current && exists) return;
    last.current = active;
    files.tree.showNode(active);
  }, [files, active, exists]);
  return exists ? node : null;
}

function NodePicker({ node }: { node: string }) {
  const { files } = useWorkbench();
  const { session } = useWorkbenchData();
  return (
    <select
      aria-label={text.node}
      value={node}
      onChange={({ target }) => files.tree.showNode(target.value)}
      className="h-8 min-w-0 flex-1 rounded-md border border-edge/60 bg-surface px-2 font-[560] text-[13.5px] text-ink hover:border-edge coarse:h-11"
    >
      {session.nodes.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Notice({ children }: { children: string }) {
  return <p className="px-4 pt-3 text-ink-2 text-sm">{children}</p>;
}

function Body({ node, onOpened }: { node: string | null; onOpened: () => void }) {
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  const state = session.nodes.find(({ name }) => name === node)?.state;
  if (!canWork) return <Notice>{text.viewer}</Notice>;
  if (node === null) return <Notice>{text.noNodes}</Notice>;
  if (state !== 'running') return <Notice>{text.notRunning(node)}</Notice>;
  return (
    <>
      <FilesToolbar node={node} />
      <Crumbs />
      <FileTree key={node} node={node} onOpened={onOpened} />
    </>
  );
}

interface FilesPanelProps {
  onClose: () => void;
  /** A file was opened: a sheet makes room for it. */
  onOpened: () => void;
}

export function FilesPanel({ onClose, onOpened }: FilesPanelProps) {
  const { files } = useWorkbench();
  const canWork = useCanWork();
  const node = useTreeOfActiveNode();
  const listedAt = useRef(0);
  const comeBack = () => {
    const now = Date.now();
    if (canWork && now - listedAt.current > STALE_MS) void files.tree.refresh();
    listedAt.current = now;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: coming near only refreshes what is shown; there is a button for it too.
    <div className="flex min-h-0 flex-1 flex-col" onPointerEnter={comeBack} onFocus={comeBack}>
      <div className="flex shrink-0 items-center gap-2 py-2.5 pr-2 pl-4">
        <h2 className="lettering text-[15px]">{text.title}</h2>
        {canWork && node !== null && <NodePicker node={node} />}
        <IconButton label={strings.workbench.close} className="ml-auto" onClick={onClose}>
          <X size={17} aria-hidden="true" />
        </IconButton>
      </div>
      <Body node={node} onOpened={onOpened} />
      <TransferList className="max-h-[45%] shrink-0" />
    </div>
  );
}
