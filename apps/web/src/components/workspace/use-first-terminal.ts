/** What a page shows first: what its link asks for, else a prompt. */
'use client';

import { useEffect, useRef } from 'react';
import { takeStack } from '../../workbench/start/stack-link.ts';
import { useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { tabsOf } from '../../workbench/workspace/workspace.ts';
import { useShowPanel } from './use-show-panel.ts';

export function useFirstTerminal(): void {
  const { sessionId, store, actions, workspace, syncWorkspace, wantedNode } = useWorkbench();
  const connected = useWorkbenchState((state) => state.connection.kind === 'online');

  const hasLab = useWorkbenchState((state) => (state.data?.lab ?? null) !== null);
  const showPanel = useShowPanel();
  const showsLab = useRef(false);
  // Beside a terminal: a panel that comes first would be the tile that terminals come into.
  const hasTerminal = tabsOf(useValue(workspace).model).some(({ data }) => data.kind === 'terminal');
  useEffect(() => {
    if (!hasLab || !hasTerminal || showsLab.current) return;
    showsLab.current = true;
    const before = workspace.getState().activeId;
    showPanel('lab');
    // What is typed goes to the terminal.
    if (before !== null) workspace.activate(before);
  }, [hasLab, hasTerminal, showPanel, workspace]);

  useEffect(() => {
    if (connected) syncWorkspace();
  }, [connected, syncWorkspace]);

  useEffect(() => {
    const { data } = store.getState();
    const stack = takeStack(sessionId);
    if (stack !== null) {
      void actions.runStack(stack);
      return;
    }
    if (data?.session.nodes.some(({ name }) => name === wantedNode) && wantedNode !== null) {
      actions.showNode(wantedNode);
      return;
    }
    const first = data?.session.nodes.find(({ swarm }) => swarm.leader) ?? data?.session.nodes[0];
    // A session that was made with a template shows a prompt without another click.
    if (first && data?.terminals.length === 0 && !data.terminalsPending && data.right !== 'viewer')
      actions.showNode(first.name);
  }, [sessionId, store, actions, wantedNode]);
}
