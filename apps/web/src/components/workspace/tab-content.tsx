/** What a tab shows: a terminal, or a panel whose code is loaded when it is shown first. */
'use client';

import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import type { PanelKind } from '../../workbench/workspace/panels.ts';
import type { Tab } from '../../workbench/workspace/workspace.ts';
import { TerminalPane } from '../terminal/terminal-pane.tsx';
import { PanelLoading } from '../ui/panel-loading.tsx';
import { PANELS } from './panels.ts';

/** The registry gives a tab to the panel of its own kind, which the compiler cannot follow through a table. */
const lazily = (kind: PanelKind) =>
  dynamic(PANELS[kind].load as () => Promise<ComponentType<{ tab: Tab }>>, { loading: () => <PanelLoading /> });

const CONTENTS = Object.fromEntries(Object.values(PANELS).map(({ kind }) => [kind, lazily(kind)])) as Record<
  PanelKind,
  ComponentType<{ tab: Tab }>
>;

export function TabContent({ tab }: { tab: Tab }) {
  if (tab.data.kind === 'terminal')
    return <TerminalPane terminalId={tab.id} node={tab.data.node} mine={tab.data.mine} />;
  const Content = CONTENTS[tab.data.kind];
  return <Content tab={tab} />;
}
