/** Opens a panel of the whole session, or a port's preview, beside the terminals where there is room for both. */
'use client';

import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import type { PanelKind } from '../../workbench/workspace/workspace.ts';

/** Narrower than this a panel and a terminal side by side would both be too small to use (CSS px). */
const BESIDE = '(min-width: 900px)';
const isRoomy = () => window.matchMedia(BESIDE).matches;

export function useShowPanel(): (kind: PanelKind) => void {
  const { workspace } = useWorkbench();
  return (kind) => workspace.showPanel(kind, strings.workbench[kind], isRoomy());
}

export function useShowPreview(): (node: string, port: number) => void {
  const { workspace } = useWorkbench();
  return (node, port) => workspace.showPreview(node, port, isRoomy());
}
