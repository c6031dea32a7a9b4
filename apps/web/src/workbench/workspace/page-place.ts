/** Where a person is on the page, and the ways from there to other places: what keys and commands act on. */

import type { Dialog } from '../base/dialogs.ts';
import { createValue, type Value } from '../base/store.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';
import type { TerminalViews } from '../terminal/views.ts';
import { tabsOf, type WorkspaceController } from './workspace.ts';

export interface PagePlaceDeps {
  store: WorkbenchStore;
  dialog: Value<Dialog | null>;
  workspace: WorkspaceController;
  actions: WorkbenchActions;
  views(): TerminalViews;
}

export type PagePlace = ReturnType<typeof createPagePlace>;

export function createPagePlace({ store, dialog, workspace, actions, views }: PagePlaceDeps) {
  /** The terminal whose find bar is open. */
  const finding = createValue<string | null>(null);

  function activeTerminal() {
    const { activeId, model } = workspace.getState();
    const tab = tabsOf(model).find(({ id }) => id === activeId);
    return tab?.data.kind === 'terminal' ? { id: tab.id, node: tab.data.node } : null;
  }

  /** The node that "new terminal" and the port bar mean: the active terminal's, or the first. */
  function activeNode(): string | null {
    const nodes = store.getState().data?.session.nodes ?? [];
    const { node } = workspace.getState();
    return (nodes.find(({ name }) => name === node) ?? nodes[0])?.name ?? null;
  }

  function focusTerminal(): void {
    const active = activeTerminal();
    const view = active === null ? undefined : views().peek(active.id);
    if (view) view.focus();
    else document.getElementById('terminal')?.focus();
  }

  async function toggleFullScreen(): Promise<void> {
    try {
      if (document.fullscreenElement !== null) return await document.exitFullscreen();
      await document.documentElement.requestFullscreen();
      // In full screen Chromium hands over the keys it keeps for its tabs, so that shells get Ctrl+W, Ctrl+T and Ctrl+N.
      const { keyboard } = navigator as Navigator & { keyboard?: { lock(keys: string[]): Promise<void> } };
      await keyboard?.lock(['KeyW', 'KeyT', 'KeyN']);
    } catch {
      // The browser allows no full screen here (an embedding page may forbid it).
    }
  }

  return {
    finding,
    activeTerminal,
    activeNode,
    focusTerminal,
    toggleFullScreen: () => void toggleFullScreen(),
    /**
     * Out of the workspace to the region beside it, or back: shells take Tab, so focus needs another way out (WCAG 2.1.2). The region
     * itself has the focus then, not its first control: whoever goes on typing presses nothing.
     */
    crossOver(): void {
      const workplace = document.getElementById('terminal');
      if (!workplace?.contains(document.activeElement)) {
        focusTerminal();
        return;
      }
      const beside = ['workbench-nodes', 'workbench-header'].map((id) => document.getElementById(id));
      beside.find((region) => region?.checkVisibility())?.focus();
    },
    newTerminal(region?: 'right' | 'bottom'): void {
      const node = activeNode();
      const beside = activeTerminal()?.id;
      if (node !== null) void actions.openTerminal(node, { region, beside });
    },
    /** Commands and outputs of the active terminal, one by one. */
    showOutputs(): void {
      const active = activeTerminal();
      if (active !== null) dialog.set({ kind: 'outputs', terminalId: active.id });
    },
    /** A new terminal in the place of one whose shell has ended. */
    replaceEnded(terminalId: string): void {
      const tab = tabsOf(workspace.getState().model).find(({ id }) => id === terminalId);
      if (tab?.data.kind !== 'terminal') return;
      void actions.openTerminal(tab.data.node, { beside: terminalId }).then(() => workspace.remove(terminalId));
    },
  };
}
