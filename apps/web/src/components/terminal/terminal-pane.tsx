/** The place of one terminal: gives xterm its element, keeps the size, and shows what the terminal's state asks for. */
'use client';

import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { TerminalDrop } from '../files/terminal-drop.tsx';
import { useBroadcast } from './broadcast-banner.tsx';
import { FindBar } from './find-bar.tsx';
import { NextSteps } from './next-steps.tsx';
import { TerminalNotices } from './terminal-notices.tsx';
import { useTerminalView } from './use-terminal-view.ts';

interface TerminalPaneProps {
  terminalId: string;
  node: string;
  mine: boolean;
}

function usePlace(view: TerminalView | null, terminalId: string) {
  const { workspace } = useWorkbench();
  const place = useRef<HTMLDivElement>(null);
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
    if (view === null || !isActive) return;
    const { activeElement } = document;
    const busy = activeElement?.closest(
      '[role="dialog"], [role="alertdialog"], [role="menu"], [role="tree"], input, select',
    );
    if (!busy) view.focus();
  }, [view, isActive]);
  return place;
}

export function TerminalPane({ terminalId, node, mine }: TerminalPaneProps) {
  const { workspace, place: page } = useWorkbench();
  const [failed, setFailed] = useState<string | null>(null);
  const view = useTerminalView(terminalId, mine, setFailed);
  const place = usePlace(view, terminalId);
  const finding = useValue(page.finding) === terminalId;
  const { on: isBroadcasting } = useBroadcast();
  return (
    <section
      aria-label={strings.terminals.region(node)}
      className="absolute inset-0"
      onFocusCapture={() => workspace.focused(terminalId)}
      onPointerDownCapture={() => view?.controller.drive()}
    >
      <TerminalDrop terminalId={terminalId} node={node}>
        <div ref={place} className="absolute inset-0" />
      </TerminalDrop>
      {isBroadcasting && (
        <span aria-hidden="true" className="pointer-events-none absolute inset-0 z-10 border-[3px] border-crane" />
      )}
      {view === null && (
        <p role="status" className="absolute inset-0 grid place-items-center text-ink-3 text-sm">
          {failed ?? strings.terminals.loading}
        </p>
      )}
      {view !== null && finding && <FindBar view={view} onClose={() => page.finding.set(null)} />}
      {view !== null && <NextSteps view={view} node={node} />}
      {view !== null && <TerminalNotices view={view} terminalId={terminalId} />}
    </section>
  );
}
