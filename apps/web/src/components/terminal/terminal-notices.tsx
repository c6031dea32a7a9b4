/** Lines over the lower edge of a terminal: waiting keys, the shell's end, another person's size. */
'use client';

import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import type { TerminalState } from '../../workbench/terminal/types.ts';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';

const text = strings.terminals;

function Line({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      className="absolute inset-x-3 bottom-3 z-10 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-raised px-4 py-2.5 text-sm shadow-float"
    >
      {children}
    </div>
  );
}

function endOf({ phase }: TerminalState): string | null {
  if (phase.kind === 'gone') return text.gone;
  if (phase.kind !== 'exited') return null;
  return phase.signal === undefined ? text.exited(phase.exitCode) : text.exitedSignal(phase.signal);
}

/** Typed control characters as something to read. */
function readable(typed: string): string {
  return typed.replace(/\r/g, '⏎').replace(/[^\P{Cc}]/gu, '·');
}

export function TerminalNotices({ view, terminalId }: { view: TerminalView; terminalId: string }) {
  const { place } = useWorkbench();
  const canWork = useCanWork();
  const { controller } = view;
  const state = useValue(controller);
  const end = endOf(state);
  if (end !== null) {
    return (
      <Line>
        <span className="font-[560]">{end}</span>
        {canWork && (
          <>
            <span className="text-ink-2">{text.exitedHint}</span>
            <Button size="sm" className="ml-auto" onClick={() => place.replaceEnded(terminalId)}>
              {text.another}
            </Button>
          </>
        )}
      </Line>
    );
  }
  if (state.askBeforeSending) {
    return (
      <Line>
        <span className="font-[560]">{text.pendingEnter}</span>
        <code className="min-w-0 flex-1 truncate font-mono text-[13px] text-ink-2">
          {readable(state.waiting?.text ?? '')}
        </code>
        <Button size="sm" kind="primary" onClick={controller.confirmWaiting}>
          {text.sendWaiting}
        </Button>
        <Button size="sm" onClick={controller.discardWaiting}>
          {text.discardWaiting}
        </Button>
      </Line>
    );
  }
  if (state.inputFull) return <Line>{text.inputFull}</Line>;
  if (state.waiting !== null && state.phase.kind !== 'live') {
    return (
      <Line>
        <span className="text-ink-2">{text.waiting}</span>
        <code className="min-w-0 flex-1 truncate font-mono text-[13px] text-ink-3">{readable(state.waiting.text)}</code>
      </Line>
    );
  }
  return null;
}
