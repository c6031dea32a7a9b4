/** Loads the workbench's code, which only a browser can run, behind a quiet placeholder. */
'use client';

import type { SessionId } from '@drydock/protocol';
import dynamic from 'next/dynamic';
import { Opening } from '../session/opening.tsx';

const WorkbenchRoot = dynamic(() => import('./workbench-root.tsx').then(({ WorkbenchRoot: root }) => root), {
  ssr: false,
  loading: () => <Opening />,
});

export function WorkbenchLoader({ sessionId }: { sessionId: SessionId }) {
  return <WorkbenchRoot key={sessionId} sessionId={sessionId} />;
}
