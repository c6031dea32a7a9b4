/** Loads the lab page's code, which only a browser can run, behind a quiet placeholder. */
'use client';

import dynamic from 'next/dynamic';
import { Opening } from '../session/opening.tsx';

const LabRoot = dynamic(() => import('./lab-root.tsx').then(({ LabRoot: root }) => root), {
  ssr: false,
  loading: () => <Opening />,
});

export function LabLoader({ sessionId }: { sessionId: string }) {
  return <LabRoot key={sessionId} sessionId={sessionId} />;
}
