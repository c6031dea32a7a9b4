/** Gives a terminal its element, keeps its size, and the focus where it is the one that is worked in. */
'use client';

import { useEffect, useRef } from 'react';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';

/** `mayFocus` false: the page is not the one that is worked in, and must not draw the focus to itself. */
export function useTerminalPlace(view: TerminalView | null, terminalId: string, mayFocus: () => boolean = () => true) {
  const { workspace } = useWorkbench();
  const place = useRef<HTMLDivElement>(null);
  const may = useRef(mayFocus);
  useEffect(() => {
    const element = place.current;
    if (view === null || element === null) return;
    view.mount(element);
    const observer = new ResizeObserver(() => view.mount(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, [view]);
  // The active terminal has the focus, unless somebody is typing in a field of the page.
  const { activeId } = useValue(workspace);
  const isActive = activeId === terminalId;
  useEffect(() => {
    if (view === null || !isActive || !may.current()) return;
    const { activeElement } = document;
    const busy = activeElement?.closest(
      '[role="dialog"], [role="alertdialog"], [role="menu"], [role="tree"], input, select',
    );
    if (!busy) view.focus();
  }, [view, isActive]);
  return place;
}
