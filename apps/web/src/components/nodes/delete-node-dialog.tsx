/** Asks before a node goes. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.nodes;

export function DeleteNodeDialog({ node, onClose }: { node: string; onClose: () => void }) {
  const { actions } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    await actions.deleteNode(node);
    onClose();
  };
  return (
    <Confirm title={text.deleteTitle(node)} text={text.deleteText} cancel={strings.workbench.cancel} onCancel={onClose}>
      <Button kind="danger" disabled={busy} onClick={() => void remove()}>
        {text.delete}
      </Button>
    </Confirm>
  );
}
