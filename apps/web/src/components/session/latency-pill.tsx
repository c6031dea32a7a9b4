/** How far the server is away: green below 80 ms, amber below 300, red above. */
'use client';

import { strings } from '../../strings.ts';
import { useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

function tone(ms: number): string {
  if (ms < 80) return 'bg-ok';
  return ms < 300 ? 'bg-warn' : 'bg-danger';
}

export function LatencyPill() {
  const latency = useWorkbenchState((state) =>
    state.latencyMs === null ? null : Math.max(1, Math.round(state.latencyMs)),
  );
  const label = latency === null ? strings.connection.latencyUnknown : strings.connection.latencyLabel(latency);
  return (
    <span role="img" aria-label={label} title={label} className="flex items-center gap-1.5 text-[12.5px] text-ink-3">
      <span className={cn('size-2 rounded-full', latency === null ? 'bg-edge' : tone(latency))} />
      <span className="min-w-11 whitespace-nowrap tabular-nums">
        {latency === null ? '–' : strings.connection.latency(latency)}
      </span>
    </span>
  );
}
