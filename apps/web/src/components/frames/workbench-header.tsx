/** The top line: whose session this is, how long it lasts, and what concerns all of it. */
'use client';

import {
  Accessibility,
  Command,
  FolderTree,
  Menu as MenuIcon,
  PanelLeftClose,
  PanelLeftOpen,
  Settings,
  Share2,
} from 'lucide-react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { useIsOwner, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { useFilesToggle } from '../files/files-aside.tsx';
import { Countdown } from '../session/countdown.tsx';
import { ExtendMenu } from '../session/extend-menu.tsx';
import { LatencyPill } from '../session/latency-pill.tsx';
import { People } from '../session/people.tsx';
import { RightBadge } from '../session/right-badge.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { LogoMark } from '../ui/logo.tsx';
import { useSessionPanels, useShowPanel } from '../workspace/use-show-panel.ts';

interface WorkbenchHeaderProps {
  sidebarOpen: boolean;
  onToggleSidebar: () => void;
  onOpenDrawer: () => void;
}

function SessionName() {
  const { session } = useWorkbenchData();
  return (
    <span className="hidden min-w-0 truncate font-[600] text-[15px] sm:block">
      {session.name ?? <span className="font-mono text-[13.5px] text-ink-2">{session.id}</span>}
    </span>
  );
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

/** Buttons of the whole session; on narrower windows some show their icons alone. */
export function SessionButtons() {
  const { dialog, preferences } = useWorkbench();
  const { screenReader } = useValue(preferences);
  const panels = useSessionPanels();
  const showPanel = useShowPanel();
  return (
    <>
      {panels.map(({ kind, name, icon: Icon }, index) => (
        <Button key={kind} kind="quiet" size="sm" onClick={() => showPanel(kind)} title={name}>
          <Icon size={16} aria-hidden="true" />
          <span className={index === 0 ? 'max-[1000px]:sr-only' : 'max-[1280px]:sr-only'}>{name}</span>
        </Button>
      ))}
      <Button kind="quiet" size="sm" onClick={() => dialog.set({ kind: 'share' })} title={strings.workbench.share}>
        <Share2 size={16} aria-hidden="true" />
        <span className="max-[1000px]:sr-only">{strings.workbench.share}</span>
      </Button>
      <Button
        kind="quiet"
        size="sm"
        onClick={() => dialog.set({ kind: 'settings' })}
        title={strings.workbench.settings}
      >
        <Settings size={16} aria-hidden="true" />
        <span className="max-[1180px]:sr-only">{strings.workbench.settings}</span>
      </Button>
      <Button
        kind="quiet"
        size="sm"
        aria-pressed={screenReader}
        title={strings.workbench.screenReader}
        onClick={() => preferences.update({ screenReader: !screenReader })}
        className={screenReader ? 'bg-accent-soft text-ink' : ''}
      >
        <Accessibility size={17} aria-hidden="true" />
        <span className="sr-only">{strings.workbench.screenReader}</span>
      </Button>
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
      className="focus-visible:-outline-offset-2 flex h-13 shrink-0 items-center gap-2 border-line border-b bg-surface pr-2 pl-3 sm:gap-3 sm:pr-3"
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
        <LogoMark size={26} />
      </a>
      <h1 className="sr-only">{strings.product.name}</h1>
      <SessionName />
      <RightBadge />
      <span className="ml-auto hidden lg:block">
        <LatencyPill />
      </span>
      <span className="ml-auto flex items-center gap-1 lg:ml-1">
        <Countdown />
        {isOwner && <ExtendMenu />}
      </span>
      <People />
      <FilesButton className="md:hidden" />
      <span className="hidden items-center gap-0.5 border-line border-l pl-2 md:flex">
        <FilesButton />
        <SessionButtons />
      </span>
      <IconButton label={strings.workbench.commands} onClick={() => dialog.set({ kind: 'palette' })}>
        <Command size={17} aria-hidden="true" />
      </IconButton>
      {isOwner && (
        <Button
          kind="caution"
          size="sm"
          className="max-md:hidden"
          onClick={() => dialog.set({ kind: 'close-session' })}
        >
          {strings.workbench.closeSession}
        </Button>
      )}
    </header>
  );
}
