/** One node of the swarm on the map: role, state and the tasks it has. */
'use client';

import { CircleOff, PauseCircle, ServerCrash, Star, UserRound } from 'lucide-react';
import { strings } from '../../strings.ts';
import type { MapNode } from '../../workbench/swarm/map.ts';
import { cn } from '../ui/cn.ts';
import { type TileContext, TileList } from './tile-list.tsx';

const text = strings.swarm;

function Role({ role }: { role: MapNode['role'] }) {
  const Icon = role === 'leader' ? Star : UserRound;
  return (
    <span className="flex shrink-0 items-center gap-1 text-[12px] text-ink-2">
      <Icon size={12} fill={role === 'worker' ? 'none' : 'currentColor'} aria-hidden="true" />
      {text.roles[role]}
    </span>
  );
}

/** What is unusual about the node, in words. */
function Trouble({ node }: { node: MapNode['node'] }) {
  const isUnreachable = node.reachability === 'unreachable';
  if (node.state === 'ready' && node.availability === 'active' && !isUnreachable) return null;
  return (
    <p className="mb-1.5 flex flex-wrap gap-x-2.5 gap-y-1 text-[12px]">
      {node.state !== 'ready' && (
        <span className="flex items-center gap-1 text-danger">
          <ServerCrash size={13} aria-hidden="true" />
          {text.states[node.state]}
        </span>
      )}
      {isUnreachable && <span className="text-danger">{text.unreachable}</span>}
      {node.availability !== 'active' && (
        <span className="flex items-center gap-1 text-warn" title={text.availability[node.availability]}>
          {node.availability === 'drain' ? (
            <CircleOff size={13} aria-hidden="true" />
          ) : (
            <PauseCircle size={13} aria-hidden="true" />
          )}
          {text.availabilityShort[node.availability]}
        </span>
      )}
    </p>
  );
}

export function NodeColumn({ entry, context }: { entry: MapNode; context: TileContext }) {
  const { node, role, tasks } = entry;
  return (
    <li
      className={cn(
        'flex min-w-0 flex-col rounded-lg border bg-surface p-2.5 transition-colors',
        node.state === 'ready' ? 'border-line' : 'border-danger/60 border-dashed',
      )}
    >
      <div className="mb-1.5 flex items-baseline justify-between gap-2">
        <h4 className="min-w-0 truncate font-[640] text-[14px]">{node.name}</h4>
        <Role role={role} />
      </div>
      <Trouble node={node} />
      {tasks.length === 0 ? (
        <p className="text-[12.5px] text-ink-3">{text.noTasks}</p>
      ) : (
        <TileList label={text.nodeTasks(node.name)} node={node.name} tasks={tasks} context={context} />
      )}
    </li>
  );
}
