/** The session is over, or this link opens nothing: says which and where to go. */
'use client';

import { useEffect } from 'react';
import { forgetSession } from '../../lab/recent-sessions.ts';
import { useLab } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { Message } from '../ui/message.tsx';

interface EndedProps {
  reason: 'expired' | 'closed' | 'revoked' | 'refused';
  /** The server's own sentence. */
  message?: string;
}

export function Ended({ reason, message }: EndedProps) {
  const { sessionId } = useLab();
  const { title, text } = strings.ended[reason];
  useEffect(() => forgetSession(sessionId), [sessionId]);
  return <Message title={title} text={message === undefined ? text : `${message} ${text}`} />;
}
