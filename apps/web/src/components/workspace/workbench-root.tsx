/** Owns the runtime of one session for as long as its page is shown, and chooses between the workbench and what replaces it. */
'use client';

import { useEffect, useState } from 'react';
import { useWorkbench, useWorkbenchState, WorkbenchProvider } from '../../workbench/use-workbench.tsx';
import { createWorkbench, type Workbench } from '../../workbench/workbench.ts';
import { Ended } from '../session/ended.tsx';
import { Opening } from '../session/opening.tsx';
import { WorkbenchFrame } from './workbench-frame.tsx';

function WorkbenchScreen() {
  const workbench = useWorkbench();
  const connection = useWorkbenchState((state) => state.connection);
  const hasData = useWorkbenchState((state) => state.data !== null);
  if (connection.kind === 'refused') return <Ended reason="refused" message={connection.message} />;
  if (connection.kind === 'ended')
    return workbench.isLeaving() ? (
      <Opening />
    ) : (
      <Ended reason={connection.reason} message={connection.text} grace={connection.grace} />
    );
  return hasData ? <WorkbenchFrame /> : <Opening />;
}

export function WorkbenchRoot({ sessionId }: { sessionId: string }) {
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  useEffect(() => {
    const created = createWorkbench(sessionId);
    setWorkbench(created);
    return () => created.dispose();
  }, [sessionId]);
  if (workbench === null) return <Opening />;
  return (
    <WorkbenchProvider workbench={workbench}>
      <WorkbenchScreen />
    </WorkbenchProvider>
  );
}
