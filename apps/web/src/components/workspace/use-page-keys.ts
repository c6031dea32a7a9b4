/** Keys that work outside terminals too; terminals ask for themselves. */
'use client';

import { useEffect } from 'react';
import { useWorkbench } from '../../workbench/use-workbench.tsx';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}

export function usePageKeys(): void {
  const { keys, dialog } = useWorkbench();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || dialog.getState() !== null) return;
      if (event.key === '?' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
        dialog.set({ kind: 'shortcuts' });
      } else if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        // In a terminal Ctrl+K is the shell's (kill the line): it does not come here.
        dialog.set({ kind: 'palette' });
      } else if (!keys.handle(event, false)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [keys, dialog]);
}
