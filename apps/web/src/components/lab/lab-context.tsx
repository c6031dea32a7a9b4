/** What the parts of a lab's panel share: the lab, how it stands, and what can be done with it. */
'use client';

import type { ReaderLab, ReaderStep } from '@drydock/lab';
import type { LabView } from '@drydock/protocol';
import { createContext, type ReactNode, use } from 'react';

export interface LabHere {
  lab: ReaderLab;
  view: LabView;
  /** The step that is shown; undefined in the introduction and at the end. */
  step: ReaderStep | undefined;
}

const LabContext = createContext<LabHere | null>(null);

export function LabProvider({ here, children }: { here: LabHere; children: ReactNode }) {
  return <LabContext value={here}>{children}</LabContext>;
}

/** Inside of a session; null on a lab's own page, where nothing can be run. */
export function useLabHere(): LabHere | null {
  return use(LabContext);
}
