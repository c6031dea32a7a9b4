/** One task on the map: its service by colour and name, its phase by a sign, its version by a tag; a press opens it. */
'use client';

import { memo } from 'react';
import { strings } from '../../strings.ts';
import type { Phase } from '../../workbench/swarm/map.ts';
import { cn } from '../ui/cn.ts';
import { PhaseIcon } from './phase-icon.tsx';
import { serviceColour } from './service-colour.ts';

const text = strings.swarm;
/** Letters of a service's name on a small tile; its colour and its place among its like tell the rest. */
const SHORT = 3;

/** Only plain values: of two hundred tiles those are drawn again that changed. */
interface TaskTileProps {
  id: string;
  name: string;
  node: string | null;
  phase: Phase;
  version: string;
  colour: number;
  /** Small, without its version, where there are many. */
  compact: boolean;
  dimmed: boolean;
  selected: boolean;
  /** The one tile that Tab reaches; arrows go on from there. */
  reachable: boolean;
  onOpen: (id: string) => void;
}

/** `payments-worker.7` in two: where there is no room the name is cut, never the number. */
function nameParts(name: string): [stem: string, slot: string] {
  const at = name.lastIndexOf('.');
  return at === -1 ? [name, ''] : [name.slice(0, at), name.slice(at)];
}

/** `api.12` stays, `frontend.12` becomes `fro.12`. */
function shortName(name: string): string {
  const [stem, slot] = nameParts(name);
  return `${stem.slice(0, SHORT)}${slot}`;
}

export const TaskTile = memo(function TaskTile(props: TaskTileProps) {
  const { id, name, node, phase, version, colour, compact, dimmed, selected, reachable, onOpen } = props;
  const [stem, slot] = nameParts(name);
  const where = node === null ? text.noNode : text.onNode(node);
  return (
    <li className={cn('min-w-0 motion-safe:animate-[rise_320ms_ease-out]', !compact && 'w-full')}>
      <button
        type="button"
        data-task={id}
        data-phase={phase}
        tabIndex={reachable ? 0 : -1}
        aria-label={text.task(name, text.phases[phase], version, where)}
        aria-pressed={selected}
        title={`${name} · ${text.phases[phase]} · ${version}`}
        onClick={() => onOpen(id)}
        style={serviceColour(colour)}
        className={cn(
          'flex w-full items-center gap-1.5 rounded-md border border-line bg-raised text-left text-[12.5px] text-ink leading-none',
          'border-l-[5px] border-l-(--service) [border-left-style:solid] transition-[opacity,background-color,border-color] duration-300 hover:bg-ink/6',
          compact ? 'h-7 px-1 tabular-nums coarse:h-9' : 'h-7 px-1.5 coarse:h-10',
          phase === 'waiting' && 'border-dashed',
          (phase === 'stopping' || phase === 'done') && 'border-dashed bg-transparent text-ink-2',
          phase === 'failed' && 'border-danger/60 bg-danger-soft',
          selected && 'border-ink bg-accent-soft',
          dimmed && 'opacity-35',
        )}
      >
        <PhaseIcon phase={phase} size={compact ? 13 : 14} />
        {compact ? (
          <span>{shortName(name)}</span>
        ) : (
          <>
            <span className="flex min-w-0 flex-1 font-[560]">
              <span className="truncate">{stem}</span>
              <span className="shrink-0">{slot}</span>
            </span>
            <span className="max-w-14 shrink-0 truncate rounded-sm bg-ink/8 px-1 py-0.5 font-mono text-[11px] text-ink-2">
              :{version}
            </span>
          </>
        )}
      </button>
    </li>
  );
});
