/** Typing in every terminal at once: the switch, and a loud line while typing goes to every terminal. */
'use client';

import { Keyboard } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useCanWork, useLab, useValue } from '../../lab/use-lab.tsx';
import { tabsOf } from '../../lab/workspace.ts';
import { strings } from '../../strings.ts';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';

export function useTypeInAll() {
  const { views, workspace } = useLab();
  const on = useSyncExternalStore(views.onTypeInAll, views.isTypingInAll, () => false);
  const { model } = useValue(workspace);
  return { on, count: tabsOf(model).filter((tab) => tab.data.kind === 'terminal').length };
}

/** Offered where there are terminals to type in together. */
export function TypeInAllButton() {
  const { views } = useLab();
  const { on, count } = useTypeInAll();
  const canWork = useCanWork();
  if (!canWork || (count < 2 && !on)) return null;
  return (
    <Button
      kind="quiet"
      size="sm"
      aria-pressed={on}
      title={strings.terminals.typeAllHint}
      // The terminal keeps the focus: what is typed next goes to all.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => views.setTypeInAll(!on)}
      className={cn('shrink-0', on && 'bg-crane text-on-crane hover:bg-crane-hover hover:text-on-crane')}
    >
      <Keyboard size={15} aria-hidden="true" />
      {strings.terminals.typeAll}
    </Button>
  );
}

export function TypeInAllBanner() {
  const { views } = useLab();
  const { on, count } = useTypeInAll();
  if (!on) return <div role="status" />;
  return (
    <div role="status" className="flex items-center justify-center gap-4 bg-crane px-4 py-1.5 text-on-crane text-sm">
      <span className="font-[640]">{strings.terminals.typeAllOn(count)}</span>
      <button
        type="button"
        className="min-h-6 font-[640] underline underline-offset-4"
        onClick={() => views.setTypeInAll(false)}
      >
        {strings.terminals.typeAllOff}
      </button>
    </div>
  );
}
