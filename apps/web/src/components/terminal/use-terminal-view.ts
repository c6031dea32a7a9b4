/** The view of a terminal: made when its tab is shown first, kept while the tab lives, wherever it moves. */
'use client';

import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';

export function useTerminalView(
  terminalId: string,
  mine: boolean,
  onFailed: (message: string) => void,
): TerminalView | null {
  const { views, store } = useWorkbench();
  const [view, setView] = useState<TerminalView | null>(() => views.peek(terminalId) ?? null);
  useEffect(() => {
    let wanted = true;
    const info = store.getState().data?.terminals.find((terminal) => terminal.terminalId === terminalId);
    views.get(terminalId, info, mine).then(
      (made) => wanted && setView(made),
      () => wanted && onFailed(strings.crashed.text),
    );
    return () => {
      wanted = false;
    };
  }, [views, store, terminalId, mine, onFailed]);
  return view;
}
