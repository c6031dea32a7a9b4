/** Asks before a session ends, and says what is lost. */
'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useLab, useLabData } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.closeDialog;

export function CloseSessionDialog({ onClose }: { onClose: () => void }) {
  const { actions } = useLab();
  const { session, terminals } = useLabData();
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
          <p className="mt-3">{text.hint}</p>
        </>
      }
    >
      <Button kind="danger" disabled={closing} onClick={() => void closeSession()}>
        {closing ? text.closing : text.confirm}
      </Button>
    </Confirm>
  );
}
