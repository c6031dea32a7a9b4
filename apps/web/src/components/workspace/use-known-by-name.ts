/** The session's name as the browser shows it: in the tab's title, and among the recent sessions of the start page. */
'use client';

import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import { noteSession } from '../../workbench/session/recent-sessions.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';

export function useKnownByName(): void {
  const { session } = useWorkbenchData();
  const { id, name, template, createdAt, expiresAt } = session;
  useEffect(() => {
    document.title = `${name ?? strings.workbench.untitled(id)} · ${strings.product.name}`;
    noteSession({ id, name, template, createdAt, expiresAt });
  }, [id, name, template, createdAt, expiresAt]);
}
