/** What a tab is called. */
'use client';

import { titleOfTerminal } from '../../workbench/base/titles.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';
import type { Tab } from '../../workbench/workspace/workspace.ts';
import { panelTitle } from './panels.ts';

export function useTabTitle(tab: Tab): string {
  const { terminals } = useWorkbenchData();
  if (tab.data.kind !== 'terminal') return panelTitle(tab.data);
  const terminal = terminals.find(({ terminalId }) => terminalId === tab.id);
  return terminal ? titleOfTerminal(terminal, terminals) : (tab.title ?? tab.data.node);
}
