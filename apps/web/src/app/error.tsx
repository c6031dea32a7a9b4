/** The page itself broke; the session goes on without it. */
'use client';

import { Button } from '../components/ui/button.tsx';
import { Message } from '../components/ui/message.tsx';
import { crashed } from '../strings/workbench.ts';

export default function PageError() {
  return (
    <Message title={crashed.title} text={crashed.text}>
      <Button kind="primary" onClick={() => window.location.reload()}>
        {crashed.reload}
      </Button>
    </Message>
  );
}
