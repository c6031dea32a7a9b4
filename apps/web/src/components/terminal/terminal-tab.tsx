/** One tab of a tile. */
'use client';

import { SquareTerminal, X } from 'lucide-react';
import type { TabRenderProps } from 'react-resizable-panels';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import type { Tab } from '../../workbench/workspace/workspace.ts';
import { cn } from '../ui/cn.ts';
import { PANELS } from '../workspace/panels.ts';
import { useTabTitle } from '../workspace/use-tab-title.ts';

export function TerminalTab({ tab, tabProps }: { tab: Tab; tabProps: TabRenderProps }) {
  const { closing, files, place, workspace } = useWorkbench();
  const canWork = useCanWork();
  const title = useTabTitle(tab);
  useValue(files.documents.marks);
  const unsaved = files.documents.peek(tab.id)?.state.getState().dirty ?? false;
  const close = () => (tab.data.kind === 'terminal' ? closing.close(tab.id) : files.closeFile(tab.id));
  /** A click goes on to the terminal, also when its tab is in front already: the tab would keep the focus, and swallow what is typed. */
  const click: typeof tabProps.onClick = (event) => {
    tabProps.onClick?.(event);
    if (tab.data.kind !== 'terminal' || (event.target as Element).closest('[data-tab-ignore]') !== null) return;
    workspace.activate(tab.id);
    place.focusTerminal();
  };
  const Icon = tab.data.kind === 'terminal' ? SquareTerminal : PANELS[tab.data.kind].icon;
  const closable = tab.data.kind !== 'terminal' || canWork;
  const attributes = {
    ...tabProps,
    onClick: click,
    'aria-label': unsaved ? strings.files.unsavedTab(title) : title,
    ...(closable ? { 'aria-keyshortcuts': 'Delete' } : {}),
  };
  return (
    <div
      {...attributes}
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
          title={tab.data.kind === 'terminal' ? strings.terminals.closeTab(title) : strings.files.closeTab(title)}
          onClick={close}
          className="flex size-6 cursor-pointer items-center justify-center rounded-md text-ink-3 hover:bg-ink/10 hover:text-ink"
        >
          {unsaved && <span className="size-2 rounded-full bg-crane group-hover:hidden" />}
          <X size={14} className={unsaved ? 'hidden group-hover:block' : ''} />
        </span>
      )}
    </div>
  );
}
