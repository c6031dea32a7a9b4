/** The whole page on a session: header, nodes and files around the work. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { FilesAside, FilesSheet } from '../files/files-aside.tsx';
import { ConnectionBanner } from '../session/connection-banner.tsx';
import { FollowingBanner } from '../session/people.tsx';
import { WorkArea } from '../workspace/work-area.tsx';
import { Sidebar, SidebarDrawer } from './sidebar.tsx';
import { SkipLinks } from './skip-links.tsx';
import { WorkbenchHeader } from './workbench-header.tsx';

export function WorkbenchFrame() {
  const { preferences } = useWorkbench();
  const { sidebar } = useValue(preferences);
  const [drawer, setDrawer] = useState(false);
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
            className="hidden w-[288px] shrink-0 border-line border-r focus-visible:-outline-offset-2 md:flex"
            aria-label={strings.workbench.menu}
          >
            <Sidebar />
          </aside>
        )}
        <FilesAside />
        <WorkArea />
      </div>
      <SidebarDrawer open={drawer} onClose={() => setDrawer(false)} />
      <FilesSheet />
    </div>
  );
}
