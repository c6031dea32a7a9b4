/** The top line in three groups: whose session this is and how long it lasts; what lies beside the terminals; people and oneself. */
'use client';

import { FolderTree, Menu as MenuIcon, PanelLeftClose, PanelLeftOpen, Search, Settings, Share2 } from 'lucide-react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { useIsOwner, useWorkbench } from '../../workbench/use-workbench.tsx';
import { useFilesToggle } from '../files/files-aside.tsx';
import { Countdown } from '../session/countdown.tsx';
import { ExtendMenu } from '../session/extend-menu.tsx';
import { LatencyPill } from '../session/latency-pill.tsx';
import { People } from '../session/people.tsx';
import { RightBadge } from '../session/right-badge.tsx';
import { BroadcastButton } from '../terminal/broadcast-banner.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { LogoMark } from '../ui/logo.tsx';
import { useOpenPanel, useSessionPanels, useShowPanel } from '../workspace/use-show-panel.ts';
import { SessionMenu } from './session-menu.tsx';

interface WorkbenchHeaderProps {
  sidebarOpen: boolean;
  onToggleSidebar: () => void;
  onOpenDrawer: () => void;
}

/** Opens and closes the Files panel; on a phone it is always in reach. */
function FilesButton({ className }: { className?: string }) {
  const { open, toggle } = useFilesToggle();
  return (
    <Button
      kind="quiet"
      size="sm"
      aria-pressed={open}
      title={strings.workbench.files}
      onClick={toggle}
      className={cn(open && 'bg-accent-soft text-ink', className)}
    >
      <FolderTree size={16} aria-hidden="true" />
      <span className="max-[1000px]:sr-only">{strings.workbench.files}</span>
    </Button>
  );
}

/** The panels of the session; the one in front is pressed. */
export function PanelButtons() {
  const panels = useSessionPanels();
  const showPanel = useShowPanel();
  const front = useOpenPanel();
  return panels.map(({ kind, name, icon: Icon }) => (
    <Button
      key={kind}
      kind="quiet"
      size="sm"
      aria-pressed={front === kind}
      title={name}
      onClick={() => showPanel(kind)}
      className={cn(front === kind && 'bg-accent-soft text-ink')}
    >
      <Icon size={16} aria-hidden="true" />
      <span className="max-[1000px]:sr-only">{name}</span>
    </Button>
  ));
}

/** Sharing, and the page's own settings. */
export function PersonalButtons() {
  const { dialog } = useWorkbench();
  return (
    <>
      <Button kind="quiet" size="sm" onClick={() => dialog.set({ kind: 'share' })} title={strings.workbench.share}>
        <Share2 size={16} aria-hidden="true" />
        <span className="max-[1180px]:sr-only">{strings.workbench.share}</span>
      </Button>
      <IconButton label={strings.workbench.settings} onClick={() => dialog.set({ kind: 'settings' })}>
        <Settings size={16} aria-hidden="true" />
      </IconButton>
    </>
  );
}

export function WorkbenchHeader({ sidebarOpen, onToggleSidebar, onOpenDrawer }: WorkbenchHeaderProps) {
  const { dialog } = useWorkbench();
  const isOwner = useIsOwner();
  const Panel = sidebarOpen ? PanelLeftClose : PanelLeftOpen;
  return (
    <header
      id="workbench-header"
      tabIndex={-1}
      className="focus-visible:-outline-offset-2 flex h-11 shrink-0 items-center gap-1.5 border-line border-b bg-surface pr-2 pl-3 coarse:h-13"
    >
      <IconButton label={strings.workbench.menu} onClick={onOpenDrawer} className="-ml-1 md:hidden">
        <MenuIcon size={19} aria-hidden="true" />
      </IconButton>
      <IconButton
        label={sidebarOpen ? strings.workbench.hideSidebar : strings.workbench.showSidebar}
        aria-expanded={sidebarOpen}
        onClick={onToggleSidebar}
        className="-ml-1 max-md:hidden"
      >
        <Panel size={18} aria-hidden="true" />
      </IconButton>
      <a href={`${basePath}/`} aria-label={strings.ended.home} title={strings.product.name} className="shrink-0">
        <LogoMark size={24} />
      </a>
      <h1 className="sr-only">{strings.product.name}</h1>
      <SessionMenu />
      <RightBadge />
      <span className="flex shrink-0 items-center gap-0.5">
        <Countdown />
        {isOwner && <ExtendMenu />}
      </span>
      <span className="ml-auto flex items-center gap-0.5">
        <BroadcastButton />
        <FilesButton />
        <span className="hidden items-center gap-0.5 md:flex">
          <PanelButtons />
        </span>
      </span>
      <span className="flex items-center gap-0.5 border-line pl-1.5 md:border-l">
        <span className="mr-1.5 hidden lg:block">
          <LatencyPill />
        </span>
        <People />
        <span className="hidden items-center gap-0.5 md:flex">
          <PersonalButtons />
        </span>
        <IconButton label={strings.workbench.commands} onClick={() => dialog.set({ kind: 'palette' })}>
          <Search size={17} aria-hidden="true" />
        </IconButton>
      </span>
    </header>
  );
}
