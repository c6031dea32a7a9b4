/** What a tab shows, by its kind. */
'use client';

import type { Tab } from '../../lab/workspace.ts';
import { TerminalPane } from './terminal-pane.tsx';

export function TabContent({ tab }: { tab: Tab }) {
  switch (tab.data.kind) {
    case 'terminal':
      return <TerminalPane terminalId={tab.id} node={tab.data.node} mine={tab.data.mine} />;
    case 'swarm':
    case 'files':
      return null;
  }
}
