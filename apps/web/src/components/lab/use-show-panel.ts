/** Opens a panel of the whole session, beside the terminals where there is room for both. */
'use client';

import { useLab } from '../../lab/use-lab.tsx';
import type { PanelKind } from '../../lab/workspace.ts';
import { strings } from '../../strings.ts';

/** Narrower than this a panel and a terminal side by side would both be too small to use (CSS px). */
const BESIDE = '(min-width: 900px)';

export function useShowPanel(): (kind: PanelKind) => void {
  const { workspace } = useLab();
  return (kind) => workspace.showPanel(kind, strings.lab[kind], window.matchMedia(BESIDE).matches);
}
