/** The page's keys where no terminal and no editor has the focus; those ask for themselves. */
'use client';

import { useEffect } from 'react';
import { useWorkbench } from '../../workbench/use-workbench.tsx';

function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}

export function usePageKeys(): void {
  const { keys, dialog } = useWorkbench();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || dialog.getState() !== null) return;
      if (keys.handle(event, takesText(event.target) ? 'field' : 'page')) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [keys, dialog]);
}
