/** After the end: a new session like the one that is over. */
'use client';

import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { recentSession } from '../../workbench/session/recent-sessions.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { StartNotice } from '../start/start-notice.tsx';
import { useStart } from '../start/use-start.ts';
import { Button } from '../ui/button.tsx';

/** What the session was made from and called: by what this page has seen, else by what the browser remembers; null when neither knows. */
function useLike(): { template: string | null; name: string | null } | null {
  const { sessionId, store } = useWorkbench();
  // Asked once: the browser forgets a session that is over.
  const [like] = useState(() => {
    const session = store.getState().data?.session ?? recentSession(sessionId);
    return session === undefined ? null : { template: session.template ?? null, name: session.name };
  });
  return like;
}

export function StartAgain() {
  const like = useLike();
  const { state, start, stop } = useStart(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => setShown(true), []);
  if (like === null || !isShown) return null;
  const busy = state.kind === 'starting';
  return (
    <>
      {(state.kind === 'full' || state.kind === 'failed') && (
        <div className="w-full text-left">
          <StartNotice state={state} onStop={stop} />
        </div>
      )}
      <Button kind="primary" disabled={busy} onClick={() => void start(like.template, like.name)}>
        {busy ? strings.landing.starting : strings.ended.again}
      </Button>
    </>
  );
}
