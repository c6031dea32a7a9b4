/** The workbench: header, sidebar, workspace, and everything that floats above them. */
'use client';

import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { watchSwipes } from '../../workbench/base/swipe.ts';
import { takeStack } from '../../workbench/start/stack-link.ts';
import { useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { FilesAside, FilesSheet } from '../files/files-aside.tsx';
import { PortBar } from '../ports/port-bar.tsx';
import { ConnectionBanner } from '../session/connection-banner.tsx';
import { FollowingBanner } from '../session/people.tsx';
import { BroadcastBanner } from '../terminal/broadcast-banner.tsx';
import { KeyBar } from '../terminal/key-bar.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { Dialogs } from './dialogs.tsx';
import { Sidebar, SidebarDrawer } from './sidebar.tsx';
import { SkipLinks } from './skip-links.tsx';
import { usePageKeys } from './use-page-keys.ts';
import { WorkbenchHeader } from './workbench-header.tsx';
import { WorkspaceTiles } from './workspace-tiles.tsx';

export function WorkbenchFrame() {
  const { sessionId, preferences, workspace, store, actions, syncWorkspace, wantedNode } = useWorkbench();
  const { sidebar } = useValue(preferences);
  const [drawer, setDrawer] = useState(false);
  const connected = useWorkbenchState((state) => state.connection.kind === 'online');
  usePageKeys();

  useEffect(() => {
    if (connected) syncWorkspace();
  }, [connected, syncWorkspace]);

  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // Editors and lists scroll to the side; terminals do not, so there a swipe is free to mean the next one.
    const inTerminal = (target: Element) => target.closest('.xterm') !== null;
    return place.current === null
      ? undefined
      : watchSwipes(place.current, inTerminal, (by) => workspace.step('tabs', by));
  }, [workspace]);

  useEffect(() => {
    const { data } = store.getState();
    const stack = takeStack(sessionId);
    if (stack !== null) {
      void actions.runStack(stack);
      return;
    }
    if (data?.session.nodes.some(({ name }) => name === wantedNode) && wantedNode !== null) {
      actions.showNode(wantedNode);
      return;
    }
    const first = data?.session.nodes.find(({ swarm }) => swarm.leader) ?? data?.session.nodes[0];
    // A session that was made with a template shows a prompt without another click.
    if (first && data?.terminals.length === 0 && !data.terminalsPending && data.right !== 'viewer')
      actions.showNode(first.name);
  }, [sessionId, store, actions, wantedNode]);

  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <SkipLinks />
      <WorkbenchHeader
        sidebarOpen={sidebar}
        onToggleSidebar={() => preferences.update({ sidebar: !sidebar })}
        onOpenDrawer={() => setDrawer(true)}
      />
      <ConnectionBanner />
      <FollowingBanner />
      <div className="flex min-h-0 flex-1">
        {sidebar && (
          <aside
            id="workbench-nodes"
            tabIndex={-1}
            className="hidden w-[272px] shrink-0 border-line border-r focus-visible:-outline-offset-2 md:flex"
            aria-label={strings.workbench.menu}
          >
            <Sidebar />
          </aside>
        )}
        <FilesAside />
        <main id="terminal" ref={place} tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          <BroadcastBanner />
          <PortBar />
          <WorkspaceTiles workspace={workspace} />
          <KeyBar />
        </main>
      </div>
      <SidebarDrawer open={drawer} onClose={() => setDrawer(false)} />
      <FilesSheet />
      <Dialogs />
      <Toasts />
    </div>
  );
}
