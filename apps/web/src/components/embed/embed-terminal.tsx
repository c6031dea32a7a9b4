/** One terminal of a frame: xterm, and what its state asks for. Those that are not in front keep their place, and their size. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { TerminalNotices } from '../terminal/terminal-notices.tsx';
import { useTerminalPlace } from '../terminal/use-terminal-place.ts';
import { useTerminalView } from '../terminal/use-terminal-view.ts';
import { cn } from '../ui/cn.ts';

interface EmbedTerminalProps {
  terminalId: string;
  node: string;
  mine: boolean;
  isFront: boolean;
}

/** The page around the frame keeps the focus until its visitor has come in here. */
const hasFocus = () => document.hasFocus();

export function EmbedTerminal({ terminalId, node, mine, isFront }: EmbedTerminalProps) {
  const { workspace } = useWorkbench();
  const [failed, setFailed] = useState<string | null>(null);
  const view = useTerminalView(terminalId, mine, setFailed);
  const place = useTerminalPlace(view, terminalId, hasFocus);
  return (
    <section
      id={`terminal-${terminalId}`}
      aria-label={strings.terminals.region(node)}
      className={cn('absolute inset-0', !isFront && 'invisible')}
      onFocusCapture={() => workspace.focused(terminalId)}
      onPointerDownCapture={() => view?.controller.drive()}
    >
      <div ref={place} className="absolute inset-0" />
      {view === null && (
        <p role="status" className="absolute inset-0 grid place-items-center text-ink-3 text-sm">
          {failed ?? strings.terminals.loading}
        </p>
      )}
      {view !== null && <TerminalNotices view={view} terminalId={terminalId} />}
    </section>
  );
}
