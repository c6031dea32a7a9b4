/** Owns the runtime of one session for as long as its page is shown, and chooses between the lab and what replaces it. */
'use client';

import { useEffect, useState } from 'react';
import { createLab, type Lab } from '../../lab/lab.ts';
import { LabProvider, useLab, useLabState } from '../../lab/use-lab.tsx';
import { Ended } from '../session/ended.tsx';
import { Opening } from '../session/opening.tsx';
import { LabFrame } from './lab-frame.tsx';

function LabScreen() {
  const lab = useLab();
  const connection = useLabState((state) => state.connection);
  const hasData = useLabState((state) => state.data !== null);
  if (connection.kind === 'refused') return <Ended reason="refused" message={connection.message} />;
  if (connection.kind === 'ended')
    return lab.isLeaving() ? (
      <Opening />
    ) : (
      <Ended reason={connection.reason} message={connection.text} grace={connection.grace} />
    );
  return hasData ? <LabFrame /> : <Opening />;
}

export function LabRoot({ sessionId }: { sessionId: string }) {
  const [lab, setLab] = useState<Lab | null>(null);
  useEffect(() => {
    const created = createLab(sessionId);
    setLab(created);
    return () => created.dispose();
  }, [sessionId]);
  if (lab === null) return <Opening />;
  return (
    <LabProvider lab={lab}>
      <LabScreen />
    </LabProvider>
  );
}
