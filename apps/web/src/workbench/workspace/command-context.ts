/** What commands act on. */
import type { Dialog } from '../base/dialogs.ts';
import type { Notices } from '../base/notices.ts';
import type { PreferenceStore } from '../base/preferences.ts';
import type { Value } from '../base/store.ts';
import type { Files } from '../files/files.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';
import type { TerminalClosing } from '../terminal/closing.ts';
import type { TerminalViews } from '../terminal/views.ts';
import type { PagePlace } from './page-place.ts';
import type { PanelButton } from './panels.ts';
import type { WorkspaceController } from './workspace.ts';

export interface CommandTools {
  views(): TerminalViews;
  files(): Files;
  closing: TerminalClosing;
  notices: Notices;
  /** The panels of the whole session. */
  panels: readonly PanelButton[];
}

/** What commands act on. */
export interface CommandContext {
  store: WorkbenchStore;
  dialog: Value<Dialog | null>;
  workspace: WorkspaceController;
  actions: WorkbenchActions;
  preferences: PreferenceStore;
  place: PagePlace;
  tools: CommandTools;
}
