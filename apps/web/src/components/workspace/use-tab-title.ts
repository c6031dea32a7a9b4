/** What a tab is called. */
'use client';

import { titleOfTerminal } from '../../lab/base/titles.ts';
import { nameOf, shownName } from '../../lab/files/path.ts';
import { useLabData } from '../../lab/use-lab.tsx';
import type { Tab } from '../../lab/workspace/workspace.ts';
import { strings } from '../../strings.ts';

export function useTabTitle(tab: Tab): string {
  const { terminals } = useLabData();
  if (tab.data.kind === 'swarm' || tab.data.kind === 'timeline') return strings.lab[tab.data.kind];
  if (tab.data.kind === 'preview') return strings.ports.preview.tab(tab.data.port, tab.data.node);
  if (tab.data.kind === 'file') return shownName(nameOf(tab.data.path));
  const terminal = terminals.find(({ terminalId }) => terminalId === tab.id);
  return terminal ? titleOfTerminal(terminal, terminals) : (tab.title ?? tab.data.node);
}
