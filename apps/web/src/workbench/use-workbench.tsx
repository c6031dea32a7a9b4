/** The bridge from the workbench's runtime to React: one context, and hooks that read observables. */
'use client';

import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';
import type { Observable } from './base/store.ts';
import type { WorkbenchData, WorkbenchState } from './session/workbench-store.ts';
import type { Workbench } from './workbench.ts';

const WorkbenchContext = createContext<Workbench | null>(null);

export function WorkbenchProvider({ workbench, children }: { workbench: Workbench; children: ReactNode }) {
  return <WorkbenchContext value={workbench}>{children}</WorkbenchContext>;
}

export function useWorkbench(): Workbench {
  const workbench = use(WorkbenchContext);
  if (workbench === null) throw new Error('useWorkbench needs a WorkbenchProvider');
  return workbench;
}

/** The current state of an observable. */
export function useValue<T>(value: Observable<T>): T {
  return useSyncExternalStore(value.subscribe, value.getState, value.getState);
}

/** A part of the workbench's state; `select` must return the same thing for the same state. */
export function useWorkbenchState<T>(select: (state: WorkbenchState) => T): T {
  const { store } = useWorkbench();
  return useSyncExternalStore(
    store.subscribe,
    () => select(store.getState()),
    () => select(store.getState()),
  );
}

/** The session's data; the frame shows components that use it only when there is some. */
export function useWorkbenchData(): WorkbenchData {
  const data = useWorkbenchState((state) => state.data);
  if (data === null) throw new Error('useWorkbenchData before the first snapshot');
  return data;
}

/** Whether this link may change things. */
export function useCanWork(): boolean {
  return useWorkbenchState((state) => state.data !== null && state.data.right !== 'viewer');
}

export function useIsOwner(): boolean {
  return useWorkbenchState((state) => state.data?.right === 'owner');
}
