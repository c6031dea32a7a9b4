/** Why Start did not start: a queue with a place and an estimate, or a reason. */
'use client';

import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { formatDuration } from '../../workbench/base/format.ts';
import { Button } from '../ui/button.tsx';
import type { StartState } from './use-start.ts';

const text = strings.landing;

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

function FullNotice({ state, onStop }: { state: Extract<StartState, { kind: 'full' }>; onStop: () => void }) {
  const now = useNow(1000);
  return (
    <div role="status" className="rounded-lg bg-warn-soft p-4 text-sm">
      <p className="font-[640] text-ink">{text.full.title}</p>
      <p className="mt-1 text-ink-2">
        {state.place !== null && `${text.full.place(state.place)} `}
        {state.estimateMs !== null && `${text.full.estimate(formatDuration(state.estimateMs))} `}
        <span aria-hidden="true">{text.full.retry(formatDuration(state.retryAt - now))}</span>
      </p>
      <Button size="sm" className="mt-3" onClick={onStop}>
        {text.full.stop}
      </Button>
    </div>
  );
}

export function StartNotice({ state, onStop }: { state: StartState; onStop: () => void }) {
  if (state.kind === 'full') return <FullNotice state={state} onStop={onStop} />;
  if (state.kind !== 'failed') return null;
  return (
    <div role="alert" className="rounded-lg bg-danger-soft p-4 text-sm">
      <p className="font-[640] text-ink">{text.failed}</p>
      <p className="mt-1 text-ink-2">{state.message}</p>
    </div>
  );
}
