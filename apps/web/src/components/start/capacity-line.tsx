/** One honest line on whether there is room. */
'use client';

import { strings } from '../../strings.ts';
import type { Capacity } from '../../workbench/start/start-session.ts';
import { cn } from '../ui/cn.ts';
import type { Loaded } from './use-landing-data.ts';

const text = strings.landing.capacity;

function describe(capacity: Loaded<Capacity>): { tone: string; line: string } {
  if (capacity.kind === 'loading') return { tone: 'bg-edge', line: text.unknown };
  if (capacity.kind === 'failed') return { tone: 'bg-danger', line: text.unreachable };
  const { ready, capacity: room, pool, startsStopped } = capacity.value;
  if (startsStopped !== undefined) return { tone: 'bg-warn', line: text.stopped(startsStopped) };
  if (!ready || room.nodes === 0) return { tone: 'bg-warn', line: text.notReady };
  if (room.free <= 0) return { tone: 'bg-warn', line: text.full };
  const warm = pool > 0 ? ` · ${text.warm(pool)}` : '';
  return { tone: 'bg-ok', line: text.ready(room.free) + warm };
}

export function CapacityLine({ capacity }: { capacity: Loaded<Capacity> }) {
  const { tone, line } = describe(capacity);
  return (
    <p className="flex items-baseline gap-2 text-ink-3 text-sm" role="status">
      <span className={cn('size-2 shrink-0 -translate-y-px rounded-full', tone)} aria-hidden="true" />
      {line}
    </p>
  );
}
