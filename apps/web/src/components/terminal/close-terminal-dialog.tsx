/** Asks before a terminal goes in which a program runs. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.terminals;

interface CloseTerminalDialogProps {
  terminalId: string;
  title: string;
  program: string;
  onClose: () => void;
}

export function CloseTerminalDialog({ terminalId, title, program, onClose }: CloseTerminalDialogProps) {
  const { actions } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const close = async () => {
    setBusy(true);
    await actions.closeTerminal(terminalId);
    onClose();
  };
  return (
    <Confirm
      title={text.closeTitle(title)}
      text={program === '' ? text.closeUnknown : text.closeRunning(program)}
      cancel={strings.workbench.cancel}
      onCancel={onClose}
    >
      <Button kind="danger" disabled={busy} onClick={() => void close()}>
        {text.close}
      </Button>
    </Confirm>
  );
}
