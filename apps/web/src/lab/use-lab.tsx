/** The bridge from the lab's runtime to React: one context, and hooks that read observables. */
'use client';

import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';
import type { Observable } from './base/store.ts';
import type { Lab } from './lab.ts';
import type { LabData, LabState } from './session/lab-store.ts';

const LabContext = createContext<Lab | null>(null);

export function LabProvider({ lab, children }: { lab: Lab; children: ReactNode }) {
  return <LabContext value={lab}>{children}</LabContext>;
}

export function useLab(): Lab {
  const lab = use(LabContext);
  if (lab === null) throw new Error('useLab needs a LabProvider');
  return lab;
}

/** The current state of an observable. */
export function useValue<T>(value: Observable<T>): T {
  return useSyncExternalStore(value.subscribe, value.getState, value.getState);
}

/** A part of the lab's state; `select` must return the same thing for the same state. */
export function useLabState<T>(select: (state: LabState) => T): T {
  const { store } = useLab();
  return useSyncExternalStore(
    store.subscribe,
    () => select(store.getState()),
    () => select(store.getState()),
  );
}

/** The session's data; the frame shows components that use it only when there is some. */
export function useLabData(): LabData {
  const data = useLabState((state) => state.data);
  if (data === null) throw new Error('useLabData before the first snapshot');
  return data;
}

/** Whether this link may change things. */
export function useCanWork(): boolean {
  return useLabState((state) => state.data !== null && state.data.right !== 'viewer');
}

export function useIsOwner(): boolean {
  return useLabState((state) => state.data?.right === 'owner');
}
