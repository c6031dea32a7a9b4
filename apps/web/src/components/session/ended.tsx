/** The session is over, or this link opens nothing: says which and where to go. */
'use client';

import type { EndReason, RetentionView } from '@drydock/protocol';
import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import { forgetSession } from '../../workbench/session/recent-sessions.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Message } from '../ui/message.tsx';
import { RetainedFiles } from './retained-files.tsx';
import { StartAgain } from './start-again.tsx';

interface EndedProps {
  reason: EndReason | 'revoked' | 'refused';
  /** The server's own sentence, or the operator's. */
  message?: string | undefined;
  retention?: RetentionView | undefined;
}

export function Ended({ reason, message, retention }: EndedProps) {
  const { sessionId } = useWorkbench();
  const { title, text } = strings.ended[reason];
  // Its owner may come back for the files.
  const over = retention === undefined;
  useEffect(() => {
    if (over) forgetSession(sessionId);
  }, [sessionId, over]);
  if (retention !== undefined) {
    return (
      <Message title={title} text={strings.ended.stopped}>
        <RetainedFiles retention={retention} />
        <StartAgain />
      </Message>
    );
  }
  return (
    <Message title={title} text={message === undefined ? text : `${message} ${text}`}>
      {reason === 'revoked' ? undefined : <StartAgain />}
    </Message>
  );
}
