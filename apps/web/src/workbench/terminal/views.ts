/** All terminals that are shown on this page; the code that draws them is loaded with the first. */
import type { TerminalView as TerminalInfo } from '@drydock/protocol';
import type { TerminalView, TerminalViewDeps } from './view.ts';

export type TerminalViews = ReturnType<typeof createTerminalViews>;

export type TerminalViewContext = Omit<
  TerminalViewDeps,
  'terminalId' | 'drives' | 'cols' | 'rows' | 'onTyped' | 'onEnterAfterEnd'
> & {
  onEnterAfterEnd(terminalId: string): void;
};

/** Size for a terminal that the session does not list yet. */
const UNKNOWN_SIZE = { cols: 120, rows: 30 };

/**
 * `context` is asked when a terminal is shown first; `visibleIds` are the tabs that can be seen now; `load` brings the drawing code (a
 * separate chunk).
 */
export function createTerminalViews(
  context: () => TerminalViewContext,
  visibleIds: () => ReadonlySet<string>,
  load: () => Promise<typeof import('./view.ts')> = () => import('./view.ts'),
) {
  const views = new Map<string, TerminalView>();
  let module: Promise<typeof import('./view.ts')> | undefined;
  let isBroadcasting = false;
  const listeners = new Set<() => void>();

  /** Only terminals that can be seen take part: nobody types blind. */
  function broadcast(from: string, text: string): void {
    if (!isBroadcasting) return;
    const shown = visibleIds();
    for (const [id, view] of views) if (id !== from && shown.has(id)) view.controller.input(text);
  }

  return {
    /** Starts loading the drawing code, before it is needed. */
    preload(): void {
      module ??= load();
      module.catch(() => {
        module = undefined;
      });
    },
    peek: (terminalId: string) => views.get(terminalId),
    /** The view of a terminal, made when there is none yet. */
    async get(terminalId: string, info: TerminalInfo | undefined, mine: boolean): Promise<TerminalView> {
      module ??= load();
      // A chunk that could not be loaded may be there at the next attempt.
      const { createTerminalView } = await module.catch((error: unknown) => {
        module = undefined;
        throw error;
      });
      const known = views.get(terminalId);
      if (known) return known;
      const base = context();
      const { cols, rows } = info ?? UNKNOWN_SIZE;
      const view = createTerminalView({
        ...base,
        terminalId,
        drives: mine,
        cols,
        rows,
        onTyped: (text) => broadcast(terminalId, text),
        onEnterAfterEnd: () => base.onEnterAfterEnd(terminalId),
      });
      views.set(terminalId, view);
      return view;
    },
    remove(terminalId: string): void {
      views.get(terminalId)?.dispose();
      views.delete(terminalId);
    },
    /** Forgets the views of terminals that are not among `ids`. */
    prune(ids: ReadonlySet<string>): void {
      for (const id of views.keys()) if (!ids.has(id)) this.remove(id);
    },
    isBroadcasting: () => isBroadcasting,
    setBroadcasting(next: boolean): void {
      isBroadcasting = next;
      for (const listener of listeners) listener();
    },
    onBroadcasting(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fitAll(): void {
      for (const view of views.values()) view.fit();
    },
    dispose(): void {
      for (const view of views.values()) view.dispose();
      views.clear();
    },
  };
}
