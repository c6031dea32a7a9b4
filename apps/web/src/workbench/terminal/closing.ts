/** Closing a terminal loses nothing by one key: a running program is asked about, anything else can be undone for a moment. */
import { strings } from '../../strings.ts';
import type { Dialog } from '../base/dialogs.ts';
import type { Notices } from '../base/notices.ts';
import type { Value } from '../base/store.ts';
import { titleOfTerminal } from '../base/titles.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';
import type { WorkspaceController } from '../workspace/workspace.ts';
import { programName } from './program-name.ts';
import type { TerminalViews } from './views.ts';

/** How long a closed terminal can be had back (ms); its shell lives on until then. */
const UNDO_MS = 5_000;

export interface TerminalClosingDeps {
  workspace: WorkspaceController;
  store: WorkbenchStore;
  actions: Pick<WorkbenchActions, 'closeTerminal'>;
  notices: Notices;
  dialog: Value<Dialog | null>;
  views(): Pick<TerminalViews, 'peek'>;
}

export type TerminalClosing = ReturnType<typeof createTerminalClosing>;

export function createTerminalClosing({ workspace, store, actions, notices, dialog, views }: TerminalClosingDeps) {
  /** Terminals that are closed unless somebody undoes it. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const find = (terminalId: string) =>
    store.getState().data?.terminals.find((terminal) => terminal.terminalId === terminalId);

  /** Null at the prompt; else the program's name, empty when it is not known. */
  function programOf(terminalId: string): string | null {
    const foreground = views().peek(terminalId)?.commands.foreground() ?? { kind: 'unknown' };
    switch (foreground.kind) {
      case 'prompt':
        return null;
      case 'command':
        return programName(foreground.command);
      case 'unknown':
        return '';
    }
  }

  function closeSoon(terminalId: string, title: string): void {
    if (!workspace.putAway(terminalId)) return;
    const notice = notices.show({
      kind: 'info',
      title: strings.terminals.closed(title),
      action: { label: strings.terminals.undoClose, run: undo },
    });
    timers.set(terminalId, setTimeout(finish, UNDO_MS));

    function undo(): void {
      // Too late: it is being closed, or its shell has ended meanwhile.
      if (!timers.has(terminalId)) return;
      forget(terminalId);
      workspace.bringBack(terminalId);
    }

    async function finish(): Promise<void> {
      forget(terminalId);
      notices.dismiss(notice);
      // What could not be closed comes back: its program is still there.
      if (!(await actions.closeTerminal(terminalId))) workspace.bringBack(terminalId);
    }
  }

  function forget(terminalId: string): void {
    clearTimeout(timers.get(terminalId));
    timers.delete(terminalId);
  }

  return {
    /** Closes a terminal as a person asks for it. */
    close(terminalId: string): void {
      const terminal = find(terminalId);
      if (terminal === undefined || workspace.isEnded(terminalId)) {
        workspace.remove(terminalId);
        return;
      }
      const title = titleOfTerminal(terminal, store.getState().data?.terminals ?? []);
      const program = programOf(terminalId);
      if (program === null) closeSoon(terminalId, title);
      else dialog.set({ kind: 'close-terminal', terminalId, title, program });
    },
    /** What was put away stays alive on the server: a page that comes back shows it again. */
    dispose(): void {
      for (const terminalId of [...timers.keys()]) forget(terminalId);
    },
  };
}
