/** The time that is left, by the server's clock. */
'use client';

import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { formatCountdown } from '../../workbench/base/format.ts';
import { timeLeft } from '../../workbench/session/session-watch.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

const TEN_MINUTES_MS = 600_000;

export function Countdown() {
  const { store } = useWorkbench();
  const [left, setLeft] = useState(() => timeLeft(store) ?? 0);
  useEffect(() => {
    const update = () => setLeft(timeLeft(store) ?? 0);
    const timer = setInterval(update, 250);
    const unsubscribe = store.subscribe(update);
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }, [store]);
  const text = formatCountdown(left);
  return (
    // A timer is not announced each second; the warnings are (WAI-ARIA: role timer is off by default).
    <span
      role="timer"
      aria-label={strings.workbench.timeLeftFor(text)}
      title={strings.workbench.timeLeft}
      className={cn(
        'font-[560] font-mono text-[15px] tabular-nums',
        left <= TEN_MINUTES_MS ? 'rounded-md bg-danger-soft px-2 py-0.5 text-danger' : 'text-ink',
      )}
    >
      {text}
    </span>
  );
}
