/** What a page shows first: what its link asks for, else a prompt. */
'use client';

import { useEffect } from 'react';
import { takeStack } from '../../workbench/start/stack-link.ts';
import { useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';

export function useFirstTerminal(): void {
  const { sessionId, store, actions, syncWorkspace, wantedNode } = useWorkbench();
  const connected = useWorkbenchState((state) => state.connection.kind === 'online');

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
