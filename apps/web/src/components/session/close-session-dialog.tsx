/** Asks before a session ends, and says what is lost. */
'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.closeDialog;

export function CloseSessionDialog({ onClose }: { onClose: () => void }) {
  const { actions, dialog } = useWorkbench();
  const { session, terminals } = useWorkbenchData();
  const router = useRouter();
  const [closing, setClosing] = useState(false);
  const closeSession = async () => {
    setClosing(true);
    if (await actions.closeSession()) router.push('/');
    else onClose();
  };
  return (
    <Confirm
      title={text.title}
      cancel={text.keep}
      onCancel={onClose}
      text={
        <>
          <p>{text.text}</p>
          <ul className="mt-3 list-disc space-y-1 pl-5">
            <li>{text.nodes(session.nodes.length)}</li>
            {terminals.length > 0 && <li>{text.terminals(terminals.length)}</li>}
            <li>{text.links}</li>
          </ul>
          {session.nodes.length > 0 && (
            <p className="mt-3">
              {text.hint}{' '}
              <button
                type="button"
                className="text-accent underline decoration-1 underline-offset-4 hover:decoration-2"
                onClick={() => dialog.set({ kind: 'take-home' })}
              >
                {text.takeHome}
              </button>
            </p>
          )}
        </>
      }
    >
      <Button kind="danger" disabled={closing} onClick={() => void closeSession()}>
        {closing ? text.closing : text.confirm}
      </Button>
    </Confirm>
  );
}
