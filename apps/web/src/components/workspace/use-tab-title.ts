/** What a tab is called. */
'use client';

import { strings } from '../../strings.ts';
import { titleOfTerminal } from '../../workbench/base/titles.ts';
import { nameOf, shownName } from '../../workbench/files/path.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';
import type { Tab } from '../../workbench/workspace/workspace.ts';

export function useTabTitle(tab: Tab): string {
  const { terminals } = useWorkbenchData();
  if (tab.data.kind === 'swarm' || tab.data.kind === 'timeline') return strings.workbench[tab.data.kind];
  if (tab.data.kind === 'preview') return strings.ports.preview.tab(tab.data.port, tab.data.node);
  if (tab.data.kind === 'file') return shownName(nameOf(tab.data.path));
  const terminal = terminals.find(({ terminalId }) => terminalId === tab.id);
  return terminal ? titleOfTerminal(terminal, terminals) : (tab.title ?? tab.data.node);
}
