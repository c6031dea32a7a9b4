/** What a tab shows, by its kind. */
'use client';

import dynamic from 'next/dynamic';
import type { Tab } from '../../workbench/workspace/workspace.ts';
import { EditorPane } from '../files/editor-pane.tsx';
import { TerminalPane } from '../terminal/terminal-pane.tsx';
import { PanelLoading } from '../ui/panel-loading.tsx';

const SwarmPanel = dynamic(() => import('../swarm/swarm-panel.tsx').then((module) => module.SwarmPanel), {
  loading: () => <PanelLoading />,
});

const TimelinePanel = dynamic(() => import('../session/timeline-panel.tsx').then((module) => module.TimelinePanel), {
  loading: () => <PanelLoading />,
});

const PreviewPane = dynamic(() => import('../ports/preview-pane.tsx').then((module) => module.PreviewPane), {
  loading: () => <PanelLoading />,
});

export function TabContent({ tab }: { tab: Tab }) {
  switch (tab.data.kind) {
    case 'terminal':
      return <TerminalPane terminalId={tab.id} node={tab.data.node} mine={tab.data.mine} />;
    case 'file':
      return <EditorPane id={tab.id} node={tab.data.node} path={tab.data.path} />;
    case 'preview':
      return <PreviewPane id={tab.id} node={tab.data.node} port={tab.data.port} />;
    case 'swarm':
      return <SwarmPanel />;
    case 'timeline':
      return <TimelinePanel />;
  }
}
