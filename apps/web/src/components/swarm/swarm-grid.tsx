/** The map itself: a card for each node with its tasks, which arrows walk through. */
'use client';

import { type KeyboardEvent, useState } from 'react';
import { strings } from '../../strings.ts';
import { PHASES, type SwarmMap } from '../../workbench/swarm/map.ts';
import { NodeColumn } from './node-column.tsx';
import { PhaseIcon } from './phase-icon.tsx';
import { type TileContext, TileList } from './tile-list.tsx';

const text = strings.swarm;
/** With more tasks than this, tiles are small. */
const COMPACT_ABOVE = 72;

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** What the tiles' signs mean. */
function Legend() {
  return (
    <ul aria-label={text.legend} className="flex flex-wrap gap-x-2.5 gap-y-0.5 text-[11.5px] text-ink-2">
      {PHASES.map((phase) => (
        <li key={phase} className="flex items-center gap-1">
          <PhaseIcon phase={phase} size={12} still />
          {text.phases[phase]}
        </li>
      ))}
    </ul>
  );
}

interface SwarmGridProps {
  map: SwarmMap;
  highlighted: string | null;
  selected: string | null;
  onOpen: (id: string) => void;
}

export function SwarmGrid({ map, highlighted, selected, onOpen }: SwarmGridProps) {
  const [visited, setVisited] = useState<string | null>(null);
  const ids = [...map.nodes.flatMap(({ tasks }) => tasks), ...map.waiting].map(({ task }) => task.id);
  const reachable = visited !== null && ids.includes(visited) ? visited : (ids[0] ?? null);
  const context: TileContext = { compact: map.count > COMPACT_ABOVE, highlighted, selected, reachable, onOpen };

  function walk(event: KeyboardEvent<HTMLElement>): void {
    const step = STEPS[event.key];
    const tiles = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-task]')];
    const at = tiles.indexOf(document.activeElement as HTMLElement);
    if (step === undefined || at === -1) return;
    event.preventDefault();
    const next = tiles[step(at, tiles.length)];
    setVisited(next?.dataset.task ?? null);
    next?.focus();
  }

  return (
    <section aria-labelledby="swarm-nodes" onKeyDown={walk}>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 id="swarm-nodes" className="font-[620] text-[13px] text-ink-2">
          {text.nodes}
        </h3>
        <Legend />
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(156px,100%),1fr))] items-start gap-2">
        {map.nodes.map((entry) => (
          <NodeColumn key={entry.node.id} entry={entry} context={context} />
        ))}
        {map.waiting.length > 0 && (
          <li className="col-span-full rounded-lg border border-warn/60 border-dashed p-2.5">
            <h4 className="mb-1 font-[620] text-[13.5px]">{text.waiting}</h4>
            <p className="mb-1.5 text-[12px] text-ink-3">{map.waiting[0]?.task.error ?? text.waitingHint}</p>
            <TileList label={text.waiting} node={null} tasks={map.waiting} context={context} wide />
          </li>
        )}
      </ul>
    </section>
  );
}
