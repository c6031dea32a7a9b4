/** Owns the runtime of one session for as long as its page is shown, and chooses between a frame and what replaces it. */
'use client';

import type { SessionId } from '@drydock/protocol';
import { type ComponentType, useEffect, useState } from 'react';
import { useWorkbench, useWorkbenchState, WorkbenchProvider } from '../../workbench/use-workbench.tsx';
import { createWorkbench, type Workbench } from '../../workbench/workbench.ts';
import { createPageKeys } from '../../workbench/workspace/page-keys.ts';
import { Ended } from '../session/ended.tsx';
import { Opening } from '../session/opening.tsx';
import { SESSION_PANELS } from '../workspace/panels.ts';
import { WorkbenchFrame } from './workbench-frame.tsx';

function WorkbenchScreen({ frame: Frame }: { frame: ComponentType }) {
  const workbench = useWorkbench();
  const connection = useWorkbenchState((state) => state.connection);
  const hasData = useWorkbenchState((state) => state.data !== null);
  if (connection.kind === 'refused') return <Ended reason="refused" message={connection.message} />;
  if (connection.kind === 'ended')
    return workbench.isLeaving() ? (
      <Opening />
    ) : (
      <Ended reason={connection.reason} message={connection.text} retention={connection.retention} />
    );
  return hasData ? <Frame /> : <Opening />;
}

interface WorkbenchRootProps {
  sessionId: SessionId;
  /** What stands around the work. */
  frame?: ComponentType;
}

export function WorkbenchRoot({ sessionId, frame = WorkbenchFrame }: WorkbenchRootProps) {
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  useEffect(() => {
    const created = createWorkbench(sessionId, { panels: SESSION_PANELS, keys: createPageKeys });
    created.start();
    setWorkbench(created);
    return () => created.dispose();
  }, [sessionId]);
  if (workbench === null) return <Opening />;
  return (
    <WorkbenchProvider workbench={workbench}>
      <WorkbenchScreen frame={frame} />
    </WorkbenchProvider>
  );
}
