/** Broadcast input: the switch, and a loud line that names the terminals while what is typed goes to several. */
'use client';

import { Keyboard } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { strings } from '../../strings.ts';
import { titleOfTerminal } from '../../workbench/base/titles.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { tabsOf, visibleTabsOf } from '../../workbench/workspace/workspace.ts';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';

export function useBroadcast() {
  const { views, workspace } = useWorkbench();
  const on = useSyncExternalStore(views.onBroadcasting, views.isBroadcasting, () => false);
  const { model } = useValue(workspace);
  return { on, count: tabsOf(model).filter((tab) => tab.data.kind === 'terminal').length };
}

/** Offered where there are several terminals. */
export function BroadcastButton() {
  const { views } = useWorkbench();
  const { on, count } = useBroadcast();
  const canWork = useCanWork();
  if (!canWork || (count < 2 && !on)) return null;
  return (
    <Button
      kind="quiet"
      size="sm"
      aria-pressed={on}
      title={strings.terminals.broadcastHint}
      // The terminal keeps the focus: what is typed next goes to all.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => views.setBroadcasting(!on)}
      className={cn('shrink-0', on && 'bg-crane text-on-crane hover:bg-crane-hover hover:text-on-crane')}
    >
      <Keyboard size={15} aria-hidden="true" />
      <span className="max-[1280px]:sr-only">{strings.terminals.broadcast}</span>
    </Button>
  );
}

/** The titles of the terminals that take part, in the order of the tiles. */
function useReached(): string[] {
  const { workspace } = useWorkbench();
  const { terminals } = useWorkbenchData();
  const { model } = useValue(workspace);
  return visibleTabsOf(model).flatMap(({ id }) => {
    const terminal = terminals.find(({ terminalId }) => terminalId === id);
    return terminal === undefined ? [] : [titleOfTerminal(terminal, terminals)];
  });
}

export function BroadcastBanner() {
  const { views } = useWorkbench();
  const { on } = useBroadcast();
  const reached = useReached();
  if (!on) return <div role="status" />;
  return (
    <div role="status" className="flex items-center justify-center gap-4 bg-crane px-4 py-1.5 text-on-crane text-sm">
      <span className="min-w-0 font-[640]">{strings.terminals.broadcastOn(reached)}</span>
      <button
        type="button"
        className="min-h-6 font-[640] underline underline-offset-4"
        onClick={() => views.setBroadcasting(false)}
      >
        {strings.terminals.broadcastOff}
      </button>
    </div>
  );
}
