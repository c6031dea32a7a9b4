/** A workbench whose server is silent: a story says what it has heard, and no call is answered. */
'use client';

import type { SessionSnapshot } from '@drydock/protocol';
import { type ReactNode, useEffect, useState } from 'react';
import { SESSION_PANELS } from '../components/workspace/panels.ts';
import { WorkbenchProvider } from '../workbench/use-workbench.tsx';
import { createWorkbench, type Workbench } from '../workbench/workbench.ts';
import { createPageKeys } from '../workbench/workspace/page-keys.ts';
import { STORY_SESSION, storySnapshot } from './fixtures.ts';

interface StoryWorkbenchProps {
  heard?: Partial<SessionSnapshot>;
  /** What a person does before the picture. */
  then?: (workbench: Workbench) => void;
  children: ReactNode;
}

export function StoryWorkbench({ heard, then, children }: StoryWorkbenchProps) {
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  // A story is drawn once: what it was given first is what it shows.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => {
    const created = createWorkbench(STORY_SESSION, { panels: SESSION_PANELS, keys: createPageKeys });
    created.store.snapshot(storySnapshot(heard));
    created.store.connection({ kind: 'online', since: Date.now() });
    then?.(created);
    setWorkbench(created);
    return () => created.dispose();
  }, []);
  return workbench === null ? null : <WorkbenchProvider workbench={workbench}>{children}</WorkbenchProvider>;
}
