/** Buttons at the end of a tile's tabs: new terminal, split, fill the window. */
'use client';

import { Columns2, Maximize2, Minimize2, Plus, Rows2 } from 'lucide-react';
import { useParentTabset, useParentTabsetState } from 'react-resizable-panels';
import { useCanWork, useLab, useLabState } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { IconButton } from '../ui/button.tsx';

const text = strings.terminals;

export function TileToolbar() {
  const { keys, workspace } = useLab();
  const tabset = useParentTabset();
  const state = useParentTabsetState();
  const canWork = useCanWork();
  const hasNodes = useLabState(({ data }) => (data?.session.nodes.length ?? 0) > 0);
  if (tabset === null || state === null) return null;
  const open = (region?: 'right' | 'bottom') => {
    if (state.selectedTabId !== undefined) workspace.focused(state.selectedTabId);
    keys.newTerminal(region);
  };
  return (
    <>
      {canWork && hasNodes && (
        <>
          <IconButton label={text.new} onClick={() => open()}>
            <Plus size={17} aria-hidden="true" />
          </IconButton>
          <IconButton label={text.splitRight} onClick={() => open('right')} className="max-sm:hidden">
            <Columns2 size={16} aria-hidden="true" />
          </IconButton>
          <IconButton label={text.splitDown} onClick={() => open('bottom')} className="max-sm:hidden">
            <Rows2 size={16} aria-hidden="true" />
          </IconButton>
        </>
      )}
      {(!state.isRoot || state.isMaximized) && (
        <IconButton
          label={state.isMaximized ? text.restore : text.maximize}
          onClick={() => (state.isMaximized ? tabset.restore() : tabset.maximize())}
        >
          {state.isMaximized ? <Minimize2 size={15} aria-hidden="true" /> : <Maximize2 size={15} aria-hidden="true" />}
        </IconButton>
      )}
    </>
  );
}
