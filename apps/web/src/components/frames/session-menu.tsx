/** The session by its name, and what concerns all of it: sharing, taking home, more time, the end. */
'use client';

import { ChevronDown, ClockPlus, Download, PencilLine, Share2, Trash2 } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useCanWork, useIsOwner, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { Menu, MenuItem, MenuRule } from '../ui/menu.tsx';

/** The name; its owner changes it by a press. */
function SessionName({ name, isNamed }: { name: string; isNamed: boolean }) {
  const { dialog } = useWorkbench();
  const isOwner = useIsOwner();
  const look = cn('truncate', isNamed ? 'font-[600] text-[15px]' : 'font-mono text-[13.5px] text-ink-2');
  if (!isOwner) return <span className={cn(look, 'px-1 max-sm:hidden')}>{name}</span>;
  return (
    <button
      type="button"
      aria-label={strings.workbench.rename(name)}
      title={strings.workbench.rename(name)}
      onClick={() => dialog.set({ kind: 'rename-session' })}
      className={cn(look, 'min-h-8 rounded-md px-1 hover:bg-ink/8 max-sm:hidden coarse:min-h-11')}
    >
      {name}
    </button>
  );
}

export function SessionMenu() {
  const { dialog, actions } = useWorkbench();
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  const isOwner = useIsOwner();
  const name = session.name ?? session.id;
  return (
    <span className="flex min-w-0 items-center">
      <SessionName name={name} isNamed={session.name !== null} />
      <Menu
        align="start"
        trigger={
          <IconButton label={strings.workbench.sessionMenu(name)} className="w-6">
            <ChevronDown size={15} aria-hidden="true" />
          </IconButton>
        }
      >
        {isOwner && (
          <MenuItem icon={<PencilLine size={15} />} onSelect={() => dialog.set({ kind: 'rename-session' })}>
            {strings.workbench.renameMenu}
          </MenuItem>
        )}
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
    </span>
  );
}
