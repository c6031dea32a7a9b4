/** The session by its name, and what concerns all of it: sharing, taking home, more time, the end. */
'use client';

import { ChevronDown, ClockPlus, Download, Share2, Trash2 } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useCanWork, useIsOwner, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Menu, MenuItem, MenuRule } from '../ui/menu.tsx';

export function SessionMenu() {
  const { dialog, actions } = useWorkbench();
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  const isOwner = useIsOwner();
  const name = session.name ?? session.id;
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={strings.workbench.sessionMenu(name)}
          className="flex min-h-8 min-w-0 items-center gap-1 rounded-md px-1.5 hover:bg-ink/8 coarse:min-h-11"
        >
          {session.name === null ? (
            <span className="truncate font-mono text-[13.5px] text-ink-2 max-sm:hidden">{session.id}</span>
          ) : (
            <span className="truncate font-[600] text-[15px] max-sm:hidden">{session.name}</span>
          )}
          <ChevronDown size={15} className="shrink-0 text-ink-3" aria-hidden="true" />
        </button>
      }
    >
      <MenuItem icon={<Share2 size={15} />} onSelect={() => dialog.set({ kind: 'share' })}>
        {strings.workbench.shareMenu}
      </MenuItem>
      {canWork && session.nodes.length > 0 && (
        <MenuItem icon={<Download size={15} />} onSelect={() => dialog.set({ kind: 'take-home' })}>
          {strings.takeHome.open}
        </MenuItem>
      )}
      {isOwner && (
        <>
          <MenuItem icon={<ClockPlus size={15} />} onSelect={() => void actions.extend(1)}>
            {strings.workbench.extendBy(1)}
          </MenuItem>
          <MenuRule />
          <MenuItem danger icon={<Trash2 size={15} />} onSelect={() => dialog.set({ kind: 'close-session' })}>
            {strings.workbench.closeMenu}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
