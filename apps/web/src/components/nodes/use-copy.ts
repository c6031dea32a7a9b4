/** Copies a text and says so in a message: what a menu's item does, which is gone before it could show a tick of its own. */
'use client';

import { useCallback } from 'react';
import { copyText } from '../../lab/base/clipboard.ts';
import { useLab } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';

export function useCopy(): (what: string, said?: string) => Promise<void> {
  const { notices } = useLab();
  return useCallback(
    async (what, said = strings.lab.copied) => {
      const done = await copyText(what);
      notices.show(done ? { kind: 'success', title: said } : { kind: 'error', title: strings.lab.copyFailed });
    },
    [notices],
  );
}
