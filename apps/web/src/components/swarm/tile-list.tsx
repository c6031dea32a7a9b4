/** The tasks of one place (a node, or the waiting room) as tiles. */
'use client';

import type { MapTask } from '../../workbench/swarm/map.ts';
import { cn } from '../ui/cn.ts';
import { TaskTile } from './task-tile.tsx';

/** What all tiles of a map share. */
export interface TileContext {
  compact: boolean;
  /** The service whose tasks stand out; null when all do. */
  highlighted: string | null;
  selected: string | null;
  /** The tile that Tab reaches. */
  reachable: string | null;
  onOpen: (id: string) => void;
}

interface TileListProps {
  label: string;
  node: string | null;
  tasks: readonly MapTask[];
  context: TileContext;
  /** Several in a line also where they are not small. */
  wide?: boolean;
}

const SHAPES = {
  compact: 'flex flex-wrap',
  wide: 'grid grid-cols-[repeat(auto-fill,minmax(148px,1fr))]',
  column: 'flex flex-col',
};

export function TileList({ label, node, tasks, context, wide = false }: TileListProps) {
  const { compact, highlighted, selected, reachable, onOpen } = context;
  return (
    <ul aria-label={label} className={cn('gap-1', SHAPES[compact ? 'compact' : wide ? 'wide' : 'column'])}>
      {tasks.map(({ task: { id, serviceId }, name, phase, version, colour }) => (
        <TaskTile
          key={id}
          id={id}
          name={name}
          node={node}
          phase={phase}
          version={version}
          colour={colour}
          compact={compact}
          onOpen={onOpen}
          dimmed={highlighted !== null && highlighted !== serviceId}
          selected={selected === id}
          reachable={reachable === id}
        />
      ))}
    </ul>
  );
}
