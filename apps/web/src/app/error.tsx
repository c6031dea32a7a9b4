/** The page itself broke; the session goes on without it. */
'use client';

import { Button } from '../components/ui/button.tsx';
import { Message } from '../components/ui/message.tsx';
import { strings } from '../strings.ts';

export default function PageError() {
  return (
    <Message title={strings.crashed.title} text={strings.crashed.text}>
      <Button kind="primary" onClick={() => window.location.reload()}>
        {strings.crashed.reload}
      </Button>
    </Message>
  );
}
