/** The session's timeline in this page: fetched when it is first looked at, and carried on by changes. Free of React. */
import { MAX_TIMELINE_ENTRIES, type TimelineEntry } from '@drydock/protocol';
import { createValue } from '../base/store.ts';
import type { WorkbenchStore } from './workbench-store.ts';

export interface TimelineState {
  entries: readonly TimelineEntry[];
  /** Why the part before this page's time could not be read; null when it is there or not asked for. */
  problem: string | null;
  loaded: boolean;
}

export type Timeline = ReturnType<typeof createTimeline>;

const [MS, COUNT] = [0, 1] as const;
function order(a: TimelineEntry, b: TimelineEntry): number {
  const [one, other] = [a, b].map(({ id }) => id.split('-').map(Number)) as [number[], number[]];
  return (one[MS] ?? 0) - (other[MS] ?? 0) || (one[COUNT] ?? 0) - (other[COUNT] ?? 0);
}

/** All entries of both lists, each once, the oldest first; the last ones where there are too many. */
export function mergeEntries(known: readonly TimelineEntry[], more: readonly TimelineEntry[]): TimelineEntry[] {
  const all = new Map([...known, ...more].map((entry) => [entry.id, entry]));
  return [...all.values()].sort(order).slice(-MAX_TIMELINE_ENTRIES);
}

/** Begins to collect; `fetchAll` asks for what happened before. Returns how to stop with it. */
export function createTimeline(store: WorkbenchStore, fetchAll: () => Promise<TimelineEntry[]>) {
  const state = createValue<TimelineState>({ entries: [], problem: null, loaded: false });
  const add = (entries: readonly TimelineEntry[], more: Partial<TimelineState> = {}) =>
    state.set({ ...state.getState(), ...more, entries: mergeEntries(state.getState().entries, entries) });
  let wanted = false;
  let wasOnline = true;

  function load(): void {
    wanted = true;
    fetchAll().then(
      (entries) => add(entries, { loaded: true, problem: null }),
      (error: Error) => state.set({ ...state.getState(), problem: error.message }),
    );
  }

  const stops = [
    store.onChange((change) => change.kind === 'timeline' && add([change.entry])),
    store.subscribe(() => {
      const isOnline = store.getState().connection.kind === 'online';
      // What passed while the connection was away came as no change.
      if (isOnline && !wasOnline && wanted) load();
      wasOnline = isOnline;
    }),
  ];

  return {
    getState: state.getState,
    subscribe: state.subscribe,
    /** Fetches what happened before this page; more than once only after a failure. */
    want(): void {
      if (!wanted || state.getState().problem !== null) load();
    },
    dispose(): void {
      for (const stop of stops) stop();
    },
  };
}
