/** Ready arrangements of the page, one key apart: what is shown around the terminals for a kind of work. */
import { strings } from '../../strings.ts';
import type { CommandContext } from './command-context.ts';
import type { SessionPanelKind } from './workspace.ts';

export type LayoutName = 'build' | 'swarm' | 'learn';

interface Layout {
  /** Whether the nodes are listed, and whether the files are, on a window that has room for them. */
  sidebar: boolean;
  files: boolean;
  /** The panel in front; panels of other layouts close. */
  panel: SessionPanelKind | null;
}

export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
  /** Files and editor beside the terminals. */
  build: { sidebar: true, files: true, panel: null },
  /** The map beside terminals of one size. */
  swarm: { sidebar: true, files: false, panel: 'swarm' },
  /** Nothing but the terminals and what is read beside them. */
  learn: { sidebar: false, files: false, panel: 'lab' },
};

const ORDER = Object.keys(LAYOUTS) as LayoutName[];

/** Arranges the page; says which layout it is now, since not all of it can be seen. */
export function applyLayout(name: LayoutName, { store, preferences, workspace, tools }: CommandContext): void {
  const { sidebar, files, panel } = LAYOUTS[name];
  preferences.update({ sidebar, files, layout: name });
  workspace.keepPanels(panel === null ? [] : [panel]);
  const { data } = store.getState();
  const isThere = ({ isThere: asks }: (typeof tools.panels)[number]) => data !== null && (asks?.(data) ?? true);
  const front = tools.panels.find((each) => each.kind === panel && isThere(each));
  const before = workspace.getState().activeId;
  if (front) {
    workspace.show({ id: front.kind, title: front.name, data: { kind: front.kind } });
    workspace.tileEvenly();
    // What is typed next goes where it went before.
    if (before !== null) workspace.activate(before);
  }
  tools.notices.show({ kind: 'info', title: strings.workbench.layoutNow(strings.workbench.layouts[name]) });
}

/** The layout after the one that was chosen last. */
export function nextLayout({ preferences }: CommandContext): LayoutName {
  const now = preferences.getState().layout;
  return ORDER[(now === null ? -1 : ORDER.indexOf(now)) + 1] ?? 'build';
}
