/** The place of one terminal: gives xterm its element, keeps the size, and shows what the terminal's state asks for. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { TerminalDrop } from '../files/terminal-drop.tsx';
import { useBroadcast } from './broadcast-banner.tsx';
import { FindBar } from './find-bar.tsx';
import { NextSteps } from './next-steps.tsx';
import { TerminalNotices } from './terminal-notices.tsx';
import { useTerminalPlace } from './use-terminal-place.ts';
import { useTerminalView } from './use-terminal-view.ts';

interface TerminalPaneProps {
  terminalId: string;
  node: string;
  mine: boolean;
}

export function TerminalPane({ terminalId, node, mine }: TerminalPaneProps) {
  const { workspace, place: page } = useWorkbench();
  const [failed, setFailed] = useState<string | null>(null);
  const view = useTerminalView(terminalId, mine, setFailed);
  const place = useTerminalPlace(view, terminalId);
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
