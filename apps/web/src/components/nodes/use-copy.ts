/** Copies a text and says so in a message: what a menu's item does, which is gone before it could show a tick of its own. */
'use client';

import { useCallback } from 'react';
import { strings } from '../../strings.ts';
import { copyText } from '../../workbench/base/clipboard.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';

export function useCopy(): (what: string, said?: string) => Promise<void> {
  const { notices } = useWorkbench();
  return useCallback(
    async (what, said = strings.workbench.copied) => {
      const done = await copyText(what);
      notices.show(done ? { kind: 'success', title: said } : { kind: 'error', title: strings.workbench.copyFailed });
    },
    [notices],
  );
}
