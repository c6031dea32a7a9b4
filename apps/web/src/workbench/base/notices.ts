/** Short messages to the user: nothing that fails does so silently. */
import { createValue, type Observable } from './store.ts';

export interface Notice {
  id: number;
  kind: 'info' | 'success' | 'warning' | 'error';
  title: string;
  text?: string;
  action?: { label: string; run(): void };
}

/** More at once would hide the page; the oldest goes first. */
const MAX_NOTICES = 5;

export interface Notices extends Observable<readonly Notice[]> {
  /** Returns its id, for `dismiss`. */
  show(notice: Omit<Notice, 'id'>): number;
  /** A failed call: what was wanted, and the server's own reason with what to do. */
  fail(title: string, error: unknown): void;
  dismiss(id: number): void;
}

export function createNotices(): Notices {
  const value = createValue<readonly Notice[]>([]);
  let nextId = 1;
  function show(notice: Omit<Notice, 'id'>): number {
    const shown = value.getState().filter((old) => old.title !== notice.title || old.text !== notice.text);
    const id = nextId++;
    value.set([...shown, { ...notice, id }].slice(-MAX_NOTICES));
    return id;
  }
  return {
    getState: value.getState,
    subscribe: value.subscribe,
    show,
    fail(title, error) {
      show({ kind: 'error', title, ...(error instanceof Error ? { text: error.message } : {}) });
    },
    dismiss: (id) => value.set(value.getState().filter((notice) => notice.id !== id)),
  };
}
