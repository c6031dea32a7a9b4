/** What a page shows first: what its link asks for, else a prompt. */
'use client';

import { useEffect, useRef } from 'react';
import { takeStack } from '../../workbench/start/stack-link.ts';
import { useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { useShowPanel } from './use-show-panel.ts';

export function useFirstTerminal(): void {
  const { sessionId, store, actions, syncWorkspace, wantedNode } = useWorkbench();
  const connected = useWorkbenchState((state) => state.connection.kind === 'online');

  const hasLab = useWorkbenchState((state) => (state.data?.lab ?? null) !== null);
  const showPanel = useShowPanel();
  const showsLab = useRef(false);
  useEffect(() => {
    if (!hasLab || showsLab.current) return;
    showsLab.current = true;
    showPanel('lab');
  }, [hasLab, showPanel]);

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
