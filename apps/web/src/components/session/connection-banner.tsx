/** A thin line while the connection is away, and a word when it is back; never a modal. */
'use client';

import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';

/** How long "back" stays (ms). */
const BACK_MS = 4000;
/** A break shorter than this (ms) is not worth a word. */
const QUIET_MS = 700;

export function ConnectionBanner() {
  const { client } = useWorkbench();
  const kind = useWorkbenchState((state) => state.connection.kind);
  const refusal = useWorkbenchState(({ connection }) =>
    connection.kind === 'offline' ? connection.refusal?.message : undefined,
  );
  const frozen = useWorkbenchState((state) => state.data?.session.frozen?.reason);
  const [shown, setShown] = useState<'none' | 'offline' | 'back'>('none');
  const wasShown = useRef(false);
  useEffect(() => {
    if (kind === 'offline') {
      const timer = setTimeout(() => {
        wasShown.current = true;
        setShown('offline');
      }, QUIET_MS);
      return () => clearTimeout(timer);
    }
    if (kind !== 'online' || !wasShown.current) return;
    wasShown.current = false;
    setShown('back');
    const timer = setTimeout(() => setShown('none'), BACK_MS);
    return () => clearTimeout(timer);
  }, [kind]);
  return (
    <div role="status">
      {frozen !== undefined && (
        <p className="flex min-h-8 items-center justify-center bg-warn-soft px-4 py-1 text-[13.5px] text-ink">
          {strings.connection.frozen(frozen)}
        </p>
      )}
      {shown === 'offline' && (
        <p className="flex min-h-8 flex-wrap items-center justify-center gap-x-4 bg-warn-soft px-4 py-1 text-[13.5px] text-ink">
          {refusal ?? strings.connection.offline}
          <button type="button" className="min-h-6 font-[620] underline underline-offset-4" onClick={client.wake}>
            {strings.connection.now}
          </button>
        </p>
      )}
      {shown === 'back' && (
        <p className="flex min-h-8 items-center justify-center bg-accent-soft px-4 py-1 text-[13.5px] text-ink">
          {strings.connection.back}
        </p>
      )}
    </div>
  );
}
