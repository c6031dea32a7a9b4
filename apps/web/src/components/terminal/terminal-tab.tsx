/** One tab of a tile. */
'use client';

import { FolderTree, History, Network, SquareTerminal, X } from 'lucide-react';
import type { TabRenderProps } from 'react-resizable-panels';
import { useCanWork, useLab } from '../../lab/use-lab.tsx';
import type { Tab } from '../../lab/workspace.ts';
import { strings } from '../../strings.ts';
import { cn } from '../ui/cn.ts';
import { useTabTitle } from './use-tab-title.ts';

const ICONS = { terminal: SquareTerminal, swarm: Network, timeline: History, files: FolderTree };

export function TerminalTab({ tab, tabProps }: { tab: Tab; tabProps: TabRenderProps }) {
  const { actions, workspace } = useLab();
  const canWork = useCanWork();
  const title = useTabTitle(tab);
  const Icon = ICONS[tab.data.kind];
  const closable = tab.data.kind !== 'terminal' || canWork;
  return (
    <div
      {...{ ...tabProps, 'aria-label': title, ...(closable ? { 'aria-keyshortcuts': 'Delete' } : {}) }}
      className={cn(
        tabProps.className,
        'group flex shrink-0 select-none items-center gap-2 border-line border-r pr-1.5 pl-3 text-[13.5px] text-ink-2',
        'aria-selected:bg-bg aria-selected:font-[600] aria-selected:text-ink aria-selected:shadow-[inset_0_2px_0_var(--crane)]',
        'hover:text-ink focus-visible:-outline-offset-2',
        !closable && 'pr-3',
      )}
    >
      <Icon size={14} className="text-ink-3" aria-hidden="true" />
      <span className="max-w-44 truncate">{title}</span>
      {closable && (
        // A control inside a tab is not reachable for assistive technology: for keys there is Delete, and the commands.
        <span
          aria-hidden="true"
          data-tab-ignore=""
          title={strings.terminals.closeTab(title)}
          onClick={() => (tab.data.kind === 'terminal' ? void actions.closeTerminal(tab.id) : workspace.remove(tab.id))}
          className="flex size-6 cursor-pointer items-center justify-center rounded-md text-ink-3 hover:bg-ink/10 hover:text-ink"
        >
          <X size={14} />
        </span>
      )}
    </div>
  );
}
