/** The panels that can lie beside the terminals, each once: what it is called, how it looks in a tab, and where its code is. */
'use client';

import { AppWindow, FileText, GraduationCap, History, Network } from 'lucide-react';
import { strings } from '../../strings.ts';
import { nameOf, shownName } from '../../workbench/files/path.ts';
import type { Panel, PanelButton, PanelRegistry } from '../../workbench/workspace/panels.ts';
import type { TabData } from '../../workbench/workspace/workspace.ts';

export const PANELS: PanelRegistry = {
  lab: {
    kind: 'lab',
    name: strings.workbench.panels.lab,
    title: () => strings.workbench.panels.lab,
    icon: GraduationCap,
    load: () => import('../lab/lab-panel.tsx').then(({ LabPanel }) => LabPanel),
    beside: true,
    isThere: ({ lab }) => lab !== null,
  },
  swarm: {
    kind: 'swarm',
    name: strings.workbench.panels.swarm,
    title: () => strings.workbench.panels.swarm,
    icon: Network,
    load: () => import('../swarm/swarm-panel.tsx').then(({ SwarmPanel }) => SwarmPanel),
    beside: true,
  },
  timeline: {
    kind: 'timeline',
    name: strings.workbench.panels.timeline,
    title: () => strings.workbench.panels.timeline,
    icon: History,
    load: () => import('../session/timeline-panel.tsx').then(({ TimelinePanel }) => TimelinePanel),
    beside: true,
  },
  preview: {
    kind: 'preview',
    title: ({ node, port }) => strings.ports.preview.tab(port, node),
    icon: AppWindow,
    load: () => import('../ports/preview-pane.tsx').then(({ PreviewPane }) => PreviewPane),
    beside: true,
  },
  file: {
    kind: 'file',
    title: ({ path }) => shownName(nameOf(path)),
    icon: FileText,
    load: () => import('../files/editor-pane.tsx').then(({ EditorPane }) => EditorPane),
    beside: true,
  },
};

/** The panels that have a button and a command. */
export const SESSION_PANELS: readonly PanelButton[] = Object.values(PANELS).filter((panel) => 'name' in panel);

/** The registry gives data to the panel of their own kind, which the compiler cannot follow through a table. */
export function panelTitle(data: Exclude<TabData, { kind: 'terminal' }>): string {
  return (PANELS[data.kind] as Panel).title(data as never);
}
