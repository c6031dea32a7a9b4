/** A loud line while typing goes to every terminal. */
'use client';

import { useSyncExternalStore } from 'react';
import { useLab, useValue } from '../../lab/use-lab.tsx';
import { tabsOf } from '../../lab/workspace.ts';
import { strings } from '../../strings.ts';

export function TypeInAllBanner() {
  const { views, workspace } = useLab();
  const on = useSyncExternalStore(views.onTypeInAll, views.isTypingInAll, () => false);
  const { model } = useValue(workspace);
  if (!on) return <div role="status" />;
  const count = tabsOf(model).filter((tab) => tab.data.kind === 'terminal').length;
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
