/** Tabs and tiles: the tiling library arranges them, by mouse, touch and keyboard. */
'use client';

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { normalizeWorkspaceModel, Separator, Workspace } from 'react-resizable-panels';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';
import { MIN_TILE_WIDTH } from '../../workbench/workspace/dock.ts';
import {
  EMPTY_MODEL,
  type Tab,
  type TabData,
  type WorkspaceController,
  type WorkspaceHandle,
} from '../../workbench/workspace/workspace.ts';
import { TerminalTab } from '../terminal/terminal-tab.tsx';
import { EmptyWorkspace } from './empty-workspace.tsx';
import { TabContent } from './tab-content.tsx';
import { TileToolbar } from './tile-toolbar.tsx';

const classNames = {
  tabset: '@container/tile flex h-full min-h-0 min-w-0 flex-col bg-bg',
  header: ({ tabs }: { tabs: readonly Tab[] }) =>
    tabs.length === 0 ? 'hidden' : 'flex h-9 shrink-0 items-stretch border-line border-b bg-sunken coarse:h-11',
  tabList: 'scroll-quiet flex min-w-0 flex-1 overflow-x-auto overflow-y-hidden',
  toolbar: 'flex shrink-0 items-center px-1',
  tabPanels: 'relative min-h-0 flex-1',
  tabContent: 'relative h-full w-full',
  dropIndicator: 'z-20 border-2 border-crane bg-crane/20 transition-[inset]',
  dragPreview: 'rounded-md bg-crane px-3 py-1.5 font-[620] text-on-crane text-sm shadow-float',
};

/** Below this width (CSS px) tiles side by side are too small to use: all tabs share one. */
const ONE_TILE = '(max-width: 639px)';

function useOneTileWhenNarrow(workspace: WorkspaceController): void {
  useEffect(() => {
    const media = matchMedia(ONE_TILE);
    const follow = () => workspace.narrow(media.matches);
    follow();
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, [workspace]);
}

/** Tells the workspace how much room the tiles have. */
function useRoom(workspace: WorkspaceController) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) workspace.resized(entry.contentRect);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [workspace]);
  return place;
}

function renderSeparator() {
  return (
    <Separator className="bg-line transition-colors hover:bg-accent focus-visible:bg-accent data-[orientation=vertical]:w-[5px] data-[orientation=horizontal]:h-[5px] aria-[orientation=horizontal]:h-[5px] aria-[orientation=vertical]:w-[5px]" />
  );
}

const renderToolbar = () => <TileToolbar />;
const renderContent = (tab: Tab) => <TabContent tab={tab} />;
const renderEmpty = () => <EmptyWorkspace />;

export function WorkspaceTiles({ workspace }: { workspace: WorkspaceController }) {
  const { store, closing, files } = useWorkbench();
  const canWork = useCanWork();
  const initial = useMemo(() => {
    const { data } = store.getState();
    const terminals = new Set(data?.terminals.map(({ terminalId }) => terminalId));
    const mayLive = (tab: Tab) => data?.terminalsPending || terminals.has(tab.id);
    const mapTab = (tab: Tab) => (tab.data.kind !== 'terminal' || mayLive(tab) ? tab : null);
    return normalizeWorkspaceModel<TabData>(workspace.stored(), { mapTab }) ?? EMPTY_MODEL;
  }, [store, workspace]);
  useOneTileWhenNarrow(workspace);
  const place = useRoom(workspace);
  const bind = useCallback((handle: WorkspaceHandle | null) => workspace.bind(handle), [workspace]);
  return (
    <div ref={place} className="relative flex min-h-0 flex-1 flex-col">
      <Workspace<TabData>
        className="min-h-0 flex-1"
        defaultModel={initial}
        workspaceRef={bind}
        classNames={classNames}
        hiddenTabBehavior="keep-mounted"
        lazyTabContent
        tabRemovalSelectionBehavior="recent"
        tabsetMinWidth={`${MIN_TILE_WIDTH}px`}
        tabsetMinHeight="90px"
        renderTab={(tab, props) => <TerminalTab tab={tab} tabProps={props} />}
        renderTabContent={renderContent}
        renderTabsetToolbar={renderToolbar}
        renderEmptyTabset={renderEmpty}
        renderSeparator={renderSeparator}
        onModelChanged={workspace.changed}
        onBeforeModelChange={({ reason, removedTabs }) => {
          if (reason !== 'close') return true;
          // Closing a terminal ends its shell on the server first; the tab goes when that is done.
          const terminals = removedTabs.filter((tab) => tab.data.kind === 'terminal');
          if (canWork) for (const { id } of terminals) closing.close(id);
          // A file with unsaved text asks first.
          const unsaved = removedTabs.filter(({ id }) => files.documents.peek(id)?.state.getState().dirty);
          if (unsaved[0] !== undefined) files.closeFile(unsaved[0].id);
          return terminals.length === 0 && unsaved.length === 0;
        }}
      />
    </div>
  );
}
