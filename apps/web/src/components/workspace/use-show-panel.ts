/** Opens a panel of the whole session, or a port's preview, in the dock. */
'use client';

import { strings } from '../../strings.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import type { PanelButton } from '../../workbench/workspace/panels.ts';
import { type SessionPanelKind, visibleTabsOf } from '../../workbench/workspace/workspace.ts';
import { PANELS, SESSION_PANELS } from './panels.ts';

/** The panels that this session has. */
export function useSessionPanels(): readonly PanelButton[] {
  const data = useWorkbenchData();
  return SESSION_PANELS.filter(({ isThere }) => isThere?.(data) ?? true);
}

export function useShowPanel(): (kind: SessionPanelKind) => void {
  const { workspace } = useWorkbench();
  return (kind) => workspace.show({ id: kind, title: PANELS[kind].name, data: { kind } }, PANELS[kind].beside);
}

/** The panel of the session that is in front, wherever it lies; null for none. */
export function useOpenPanel(): SessionPanelKind | null {
  const { model } = useValue(useWorkbench().workspace);
  const front = visibleTabsOf(model).find(({ data }) => SESSION_PANELS.some(({ kind }) => kind === data.kind));
  return (front?.data.kind as SessionPanelKind | undefined) ?? null;
}

export function useShowPreview(): (node: string, port: number) => void {
  const { workspace } = useWorkbench();
  return (node, port) =>
    workspace.show({
      id: `preview-${node}-${port}`,
      title: strings.ports.preview.tab(port, node),
      data: { kind: 'preview', node, port },
    });
}
