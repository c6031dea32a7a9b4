/** Buttons at the end of a tile's tabs: new terminal, split, fill the window. In a small tile they share one menu, so that tabs keep their room. */
'use client';

import { Columns2, Ellipsis, Maximize2, Minimize2, Plus, Rows2 } from 'lucide-react';
import { useParentTabset, useParentTabsetState } from 'react-resizable-panels';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { tabsOf } from '../../workbench/workspace/workspace.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';

const text = strings.terminals;

interface Command {
  label: string;
  icon: typeof Plus;
  run: () => void;
}

export function TileToolbar() {
  const { place, workspace } = useWorkbench();
  const { model } = useValue(workspace);
  const tabset = useParentTabset();
  const state = useParentTabsetState();
  const canWork = useCanWork();
  const hasNodes = useWorkbenchState(({ data }) => (data?.session.nodes.length ?? 0) > 0);
  if (tabset === null || state === null) return null;
  const shown = tabsOf(model).find(({ id }) => id === state.selectedTabId)?.data.kind;
  // Panels of the session and previews are looked at; terminals are opened from a terminal's tile or a node.
  const opens =
    canWork &&
    hasNodes &&
    !workspace.isDock(tabset.id) &&
    (shown === undefined || shown === 'terminal' || shown === 'file');
  const open = (region?: 'right' | 'bottom') => () => {
    if (state.selectedTabId !== undefined) workspace.focused(state.selectedTabId);
    place.newTerminal(region);
  };
  const commands: Command[] = [];
  if (opens) {
    commands.push(
      { label: text.new, icon: Plus, run: open() },
      { label: text.splitRight, icon: Columns2, run: open('right') },
      { label: text.splitDown, icon: Rows2, run: open('bottom') },
    );
  }
  if (!state.isRoot || state.isMaximized) {
    commands.push(
      state.isMaximized
        ? { label: text.restore, icon: Minimize2, run: tabset.restore }
        : { label: text.maximize, icon: Maximize2, run: tabset.maximize },
    );
  }
  if (commands.length === 0) return null;
  const isFew = commands.length === 1;
  return (
    <>
      <span className={isFew ? 'flex' : 'flex @max-md/tile:hidden'}>
        {commands.map(({ label, icon: Icon, run }) => (
          <IconButton key={label} label={label} onClick={run}>
            <Icon size={16} aria-hidden="true" />
          </IconButton>
        ))}
      </span>
      {!isFew && (
        <span className="hidden @max-md/tile:flex">
          <Menu
            trigger={
              <IconButton label={text.tileMenu}>
                <Ellipsis size={16} aria-hidden="true" />
              </IconButton>
            }
          >
            {commands.map(({ label, icon: Icon, run }) => (
              <MenuItem key={label} icon={<Icon size={15} />} onSelect={run}>
                {label}
              </MenuItem>
            ))}
          </Menu>
        </span>
      )}
    </>
  );
}
