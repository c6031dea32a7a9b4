/** The swarm beside the terminals: a live map or tables of the same facts, and the task that is being looked at. */
'use client';

import { TriangleAlert } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import type { SwarmLook } from '../../workbench/swarm/look.ts';
import { type MapTask, swarmMap } from '../../workbench/swarm/map.ts';
import { useValue, useWorkbench, useWorkbenchData, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { Announcer } from './announcer.tsx';
import { EmptySwarm } from './empty-swarm.tsx';
import { NetworkList } from './network-list.tsx';
import { ServiceList } from './service-list.tsx';
import { SwarmGrid } from './swarm-grid.tsx';
import { SwarmTables } from './swarm-tables.tsx';
import { TaskDetails } from './task-details.tsx';

const text = strings.swarm;
type Mode = SwarmLook['mode'];
/** How often tasks that have ended are let go while there are any (ms). */
const TICK_MS = 2000;

/** The server's time (ms), going on while `active`. */
function useNow(active: boolean): number {
  const skew = useWorkbenchState(({ clockSkewMs }) => clockSkewMs);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [active]);
  // A step that came since the last tick must not lie in the future.
  return Math.max(now, Date.now()) + skew;
}

function ModeSwitch({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as one.
    <div role="group" aria-label={text.view} className="flex shrink-0 rounded-md border border-line bg-surface p-0.5">
      {(['map', 'table'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={mode === each}
          onClick={() => onChange(each)}
          className={cn(
            'h-7 rounded px-2.5 text-[12.5px] coarse:h-10',
            mode === each ? 'bg-accent-soft font-[620] text-ink' : 'text-ink-2 hover:text-ink',
          )}
        >
          {text[each]}
        </button>
      ))}
    </div>
  );
}

export function SwarmPanel() {
  const { workspace, swarmLook } = useWorkbench();
  const { view, problem } = useWorkbenchData().swarm;
  const { mode, highlighted, selected } = useValue(swarmLook);
  const look = useCallback(
    (next: Partial<SwarmLook>) => swarmLook.set({ ...swarmLook.getState(), ...next }),
    [swarmLook],
  );
  // A task that was open before the panel was away does not take the focus again.
  const pressed = useRef<string | null>(null);
  // A task that ends leaves the map soon; whoever reads about it reads on.
  const read = useRef<MapTask | null>(null);
  const now = useNow(view?.tasks.some(({ desired }) => desired !== 'running') ?? false);
  const open = useCallback(
    (id: string) => {
      pressed.current = id;
      look({ selected: id });
    },
    [look],
  );

  if (view === null) {
    return (
      <section aria-label={text.title} className="absolute inset-0" onFocusCapture={() => workspace.focused('swarm')}>
        <EmptySwarm />
      </section>
    );
  }
  const map = swarmMap(view, now);
  const shown = [...map.nodes.flatMap(({ tasks }) => tasks), ...map.waiting].find(({ task }) => task.id === selected);
  if (shown !== undefined) read.current = shown;
  const entry = read.current?.task.id === selected ? read.current : undefined;
  const isKnown = highlighted !== null && map.services.some(({ service }) => service.id === highlighted);
  const close = () => {
    const tile = document.querySelector<HTMLElement>(`[data-task="${CSS.escape(selected ?? '')}"]`);
    look({ selected: null });
    tile?.focus();
  };
  return (
    <section
      aria-label={text.title}
      className="absolute inset-0 flex flex-col"
      onFocusCapture={() => workspace.focused('swarm')}
    >
      <div className="flex shrink-0 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-line border-b px-3 py-1.5">
        <p className="min-w-0 text-[12.5px] text-ink-2">
          {text.summary(view.managers.length, view.workers.length, map.services.length, map.count)}
        </p>
        <ModeSwitch mode={mode} onChange={(next) => look({ mode: next })} />
      </div>
      {problem !== null && (
        <p role="alert" className="flex gap-2 bg-warn-soft px-3 py-2 text-[13px]">
          <TriangleAlert size={16} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
          <span>
            {text.problem} <span className="text-ink-2">{problem}</span>
          </span>
        </p>
      )}
      <ScrollRegion label={text[mode]} className="min-h-0 flex-1 overflow-y-auto p-3">
        {mode === 'map' ? (
          <>
            <ServiceList
              services={map.services}
              highlighted={isKnown ? highlighted : null}
              onHighlight={(id) => look({ highlighted: id })}
            />
            <SwarmGrid map={map} highlighted={isKnown ? highlighted : null} selected={selected} onOpen={open} />
            <NetworkList networks={map.networks} />
          </>
        ) : (
          <SwarmTables map={map} onOpen={open} />
        )}
      </ScrollRegion>
      {entry !== undefined && <TaskDetails entry={entry} takesFocus={pressed.current === selected} onClose={close} />}
      <Announcer services={map.services} />
    </section>
  );
}
