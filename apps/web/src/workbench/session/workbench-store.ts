/** What the page knows of its session: a snapshot, the changes since, and how the connection is. */
import type { Connection } from '@drydock/client';
import {
  applyLabLeaves,
  applySwarmStep,
  type LabView,
  type Person,
  type PublishedPort,
  type Right,
  type SessionChange,
  type SessionChangeEvent,
  type SessionSnapshot,
  type SessionView,
  type SwarmState,
  type TerminalView,
} from '@drydock/protocol';

export interface Progress {
  text: string;
  done: number;
  total: number;
}

export interface WorkbenchData {
  seq: number;
  right: Right;
  session: SessionView;
  terminals: TerminalView[];
  /** The server does not know all terminals yet: one that it does not name may live. */
  terminalsPending: boolean;
  ports: Record<string, PublishedPort[]>;
  progress: Progress | null;
  swarm: SwarmState;
  /** The lab that leads the session; null where there is none, or none is known yet. */
  lab: LabView | null;
  /** Who is here, one entry a page; this page's own too, once it said who it is. */
  people: Person[];
}

export interface WorkbenchState {
  connection: Connection;
  /** Null until the first snapshot; kept while offline, so that the page stays readable. */
  data: WorkbenchData | null;
  /** The server's clock minus this browser's (ms). */
  clockSkewMs: number;
  /** The last way there and back (ms); null while unknown. */
  latencyMs: number | null;
}

export type ChangeListener = (change: SessionChange, before: WorkbenchData, after: WorkbenchData) => void;

function replaceBy<T>(list: readonly T[], item: T, same: (other: T) => boolean): T[] {
  const index = list.findIndex(same);
  return index === -1 ? [...list, item] : list.with(index, item);
}

/** What is known, brought up to date by what is told. */
function merge(known: readonly TerminalView[], told: readonly TerminalView[]): TerminalView[] {
  return [...new Map([...known, ...told].map((terminal) => [terminal.terminalId, terminal])).values()];
}

/** The state after one change. Facts about unknown nodes and terminals are taken as they come. */
export function applyChange(data: WorkbenchData, { seq, change }: SessionChangeEvent): WorkbenchData {
  const next = { ...data, seq };
  switch (change.kind) {
    case 'node': {
      const nodes = replaceBy(data.session.nodes, change.node, (node) => node.name === change.node.name);
      return { ...next, session: { ...data.session, nodes } };
    }
    case 'node-gone': {
      const { [change.name]: _gone, ...ports } = data.ports;
      const nodes = data.session.nodes.filter((node) => node.name !== change.name);
      return { ...next, ports, session: { ...data.session, nodes } };
    }
    case 'ports':
      return { ...next, ports: { ...data.ports, [change.node]: change.ports } };
    case 'session':
      return {
        ...next,
        session: {
          ...data.session,
          name: change.name,
          state: change.state,
          expiresAt: change.expiresAt,
          frozen: change.frozen,
        },
      };
    case 'terminal': {
      const { terminal } = change;
      const same = (other: TerminalView) => other.terminalId === terminal.terminalId;
      return { ...next, terminals: replaceBy(data.terminals, terminal, same) };
    }
    case 'terminal-gone':
      return { ...next, terminals: data.terminals.filter((terminal) => terminal.terminalId !== change.terminalId) };
    case 'person': {
      const { person } = change;
      return { ...next, people: replaceBy(data.people, person, ({ id }) => id === person.id) };
    }
    case 'person-gone':
      return { ...next, people: data.people.filter(({ id }) => id !== change.id) };
    case 'warning':
      return next; // It passes by: session-watch.ts speaks of it.
    case 'progress': {
      const { text, done, total, failed } = change;
      return { ...next, progress: failed || done >= total ? null : { text, done, total } };
    }
    case 'lab':
      return { ...next, lab: change.lab };
    case 'lab-leaves':
      return { ...next, lab: applyLabLeaves(data.lab, change) };
    case 'timeline':
      return next; // The timeline keeps its own entries; most pages never open it.
    case 'swarm':
      return { ...next, swarm: applySwarmStep(data.swarm, change.step) };
  }
}

export type WorkbenchStore = ReturnType<typeof createWorkbenchStore>;

/** Holds the state and tells its listeners; `now` is this browser's clock (ms). */
export function createWorkbenchStore(now: () => number = Date.now) {
  let state: WorkbenchState = { connection: { kind: 'connecting' }, data: null, clockSkewMs: 0, latencyMs: null };
  const listeners = new Set<() => void>();
  const changeListeners = new Set<ChangeListener>();

  function set(patch: Partial<WorkbenchState>): void {
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  }

  return {
    getState: () => state,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Hears every change with the state before and after it; snapshots are not changes. */
    onChange(listener: ChangeListener): () => void {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    snapshot(snapshot: SessionSnapshot): void {
      const { session, terminalsPending = false } = snapshot;
      const { terminals: known = [] } = state.data ?? {};
      // A manager that was just restarted has not heard its hosts: what it does not name is asked for by an attach.
      const terminals = terminalsPending ? merge(known, snapshot.terminals) : snapshot.terminals;
      set({
        clockSkewMs: session.now - now(),
        data: { ...snapshot, lab: snapshot.lab ?? null, terminals, terminalsPending, progress: null },
      });
    },
    /** Applies the next change. `gap` means that one was missed: only a new snapshot helps. An old one is `stale`. */
    change(event: SessionChangeEvent): 'applied' | 'stale' | 'gap' {
      const before = state.data;
      if (before === null || event.seq > before.seq + 1) return 'gap';
      if (event.seq <= before.seq) return 'stale';
      const after = applyChange(before, event);
      set({ data: after });
      for (const listener of changeListeners) listener(event.change, before, after);
      return 'applied';
    },
    connection(connection: Connection): void {
      set(connection.kind === 'online' ? { connection } : { connection, latencyMs: null });
    },
    latency(latencyMs: number): void {
      set({ latencyMs });
    },
  };
}
