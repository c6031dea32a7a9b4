/** Opens a panel of the whole session, or a port's preview, beside the terminals where there is room for both. */
'use client';

import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import type { PanelButton } from '../../workbench/workspace/panels.ts';
import type { SessionPanelKind } from '../../workbench/workspace/workspace.ts';
import { PANELS, SESSION_PANELS } from './panels.ts';

/** Narrower than this a panel and a terminal side by side would both be too small to use (CSS px). */
const BESIDE = '(min-width: 900px)';
const isRoomy = () => window.matchMedia(BESIDE).matches;

/** The panels that this session has. */
export function useSessionPanels(): readonly PanelButton[] {
  const data = useWorkbenchData();
  return SESSION_PANELS.filter(({ isThere }) => isThere?.(data) ?? true);
}

export function useShowPanel(): (kind: SessionPanelKind) => void {
  const { workspace } = useWorkbench();
  return (kind) => workspace.showPanel(kind, PANELS[kind].name, PANELS[kind].beside && isRoomy());
}

export function useShowPreview(): (node: string, port: number) => void {
  const { workspace } = useWorkbench();
  return (node, port) => workspace.showPreview(node, port, isRoomy());
}
