/** One node: how it is, where it is, what it uses; a press shows its terminal. */
'use client';

import type { NodeView } from '@drydock/protocol';
import {
  EllipsisVertical,
  FolderArchive,
  Gauge,
  Laptop,
  RotateCw,
  ScrollText,
  SquareTerminal,
  Star,
  Trash2,
  UserRound,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { formatBytes, formatShare } from '../../workbench/base/format.ts';
import { type NodeHealth, nodeHealth } from '../../workbench/base/node-health.ts';
import { HOME } from '../../workbench/files/tree.ts';
import { shellCommand } from '../../workbench/session/remote-commands.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { CopyText } from '../ui/copy-button.tsx';
import { Menu, MenuItem, MenuRule } from '../ui/menu.tsx';
import { Meter } from '../ui/meter.tsx';
import { useCopy } from './use-copy.ts';

const text = strings.nodes;

type Role = keyof typeof strings.nodes.roles;

function roleOf({ swarm }: NodeView): Role {
  return swarm.leader ? 'leader' : swarm.role;
}

const LOOKS: Record<NodeHealth, { tone: string; label: string }> = {
  unreachable: { tone: 'bg-warn', label: text.unreachable },
  creating: { tone: 'bg-warn motion-safe:animate-pulse', label: text.states.creating },
  destroying: { tone: 'bg-warn motion-safe:animate-pulse', label: text.states.destroying },
  gone: { tone: 'bg-edge', label: text.states.gone },
  failed: { tone: 'bg-danger', label: text.states.failed },
  lost: { tone: 'bg-danger', label: text.states.lost },
  ready: { tone: 'bg-ok', label: text.docker.ready },
  starting: { tone: 'bg-warn motion-safe:animate-pulse', label: text.docker.starting },
  down: { tone: 'bg-danger', label: text.docker.down },
};
const ALARMS: ReadonlySet<NodeHealth> = new Set(['failed', 'lost', 'down']);

/** How the node is; a node that is neither ready nor new has lost its engine. */
function useHealth(node: NodeView): NodeHealth {
  const { store } = useWorkbench();
  const now = () => Date.now() + store.getState().clockSkewMs;
  const [at, setAt] = useState(now);
  const wasReady = useRef(false);
  wasReady.current ||= node.dockerReady;
  const health = nodeHealth(node, at, wasReady.current);
  useEffect(() => {
    if (health !== 'starting') return;
    const timer = setTimeout(() => setAt(now()), 1000);
    return () => clearTimeout(timer);
  });
  return health;
}

function RoleMark({ role }: { role: Role }) {
  if (role === 'none') return null;
  const Icon = role === 'leader' ? Star : UserRound;
  return (
    <span className="flex items-center gap-1 text-[12.5px] text-ink-2" title={text.roles[role]}>
      <Icon size={13} fill={role === 'worker' ? 'none' : 'currentColor'} aria-hidden="true" />
      {text.roleShort[role]}
    </span>
  );
}

function Usage({ node }: { node: NodeView }) {
  if (node.usage === null) return null;
  const { limits, usage } = node;
  const memory = formatBytes(usage.memoryBytes);
  const disk = formatBytes(usage.diskBytes);
  return (
    <div className="mt-2.5 flex gap-3.5">
      <Meter label={text.cpu} share={usage.cpu} text={text.meter(text.cpu, formatShare(usage.cpu), `${limits.cpus}`)} />
      <Meter
        label={text.memoryShort}
        share={usage.memoryBytes / limits.memoryBytes}
        text={text.meter(text.memory, memory, formatBytes(limits.memoryBytes))}
      />
      <Meter
        label={text.disk}
        share={usage.diskBytes / limits.diskBytes}
        text={text.meter(text.disk, disk, formatBytes(limits.diskBytes))}
      />
    </div>
  );
}

function Trouble({ node, health }: { node: NodeView; health: NodeHealth }) {
  const kills = node.usage?.oomKills ?? 0;
  if (kills === 0 && health !== 'down' && health !== 'lost') return null;
  return (
    <ul className="mt-2 space-y-0.5 text-[12.5px] text-danger">
      {health === 'down' && <li>{text.downHint}</li>}
      {health === 'lost' && <li>{text.lostHint}</li>}
      {kills > 0 && <li>{text.ooms(kills)}</li>}
    </ul>
  );
}

function NodeMenu({ node }: { node: NodeView }) {
  const { actions, dialog, files, sessionId } = useWorkbench();
  const copy = useCopy();
  const home = () => void files.download(node.name, HOME, `${node.name}-root.tar`);
  return (
    <Menu
      trigger={
        <IconButton label={text.menu(node.name)} className="-my-1 -mr-1.5 relative">
          <EllipsisVertical size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem icon={<SquareTerminal size={16} />} onSelect={() => void actions.openTerminal(node.name)}>
        {strings.terminals.new}
      </MenuItem>
      <MenuItem
        icon={<Laptop size={15} />}
        onSelect={() => void copy(shellCommand(sessionId, node.name), text.shellCopied)}
      >
        {text.shell}
      </MenuItem>
      <MenuItem
        icon={<RotateCw size={15} />}
        onSelect={() => void actions.openTerminal(node.name, {}, 'service docker restart\r')}
      >
        {text.restartDocker}
      </MenuItem>
      <MenuItem icon={<Gauge size={15} />} onSelect={() => dialog.set({ kind: 'node-details', node: node.name })}>
        {text.details}
      </MenuItem>
      <MenuRule />
      <MenuItem icon={<ScrollText size={15} />} onSelect={() => void files.downloadHistory(node.name)}>
        {strings.files.history}
      </MenuItem>
      <MenuItem icon={<FolderArchive size={15} />} onSelect={home}>
        {strings.files.homeTar}
      </MenuItem>
      <MenuRule />
      <MenuItem
        danger
        icon={<Trash2 size={16} />}
        onSelect={() => dialog.set({ kind: 'delete-node', node: node.name })}
      >
        {text.delete}
      </MenuItem>
    </Menu>
  );
}

export function NodeCard({ node, onOpen }: { node: NodeView; onOpen?: (() => void) | undefined }) {
  const { actions, workspace } = useWorkbench();
  const canWork = useCanWork();
  const isActive = useValue(workspace).node === node.name;
  const health = useHealth(node);
  const { tone, label } = LOOKS[health];
  return (
    <li
      className={cn(
        'relative mb-1 rounded-lg border px-3 py-2.5 transition-colors',
        isActive ? 'border-line bg-surface shadow-[inset_3px_0_0_var(--crane)]' : 'border-transparent hover:bg-ink/5',
      )}
    >
      <div className="flex items-center gap-2">
        <span className={cn('size-2 shrink-0 rounded-full', tone)} aria-hidden="true" />
        <button
          type="button"
          aria-label={text.open(node.name)}
          aria-current={isActive ? 'true' : undefined}
          onClick={() => {
            actions.showNode(node.name);
            onOpen?.();
          }}
          className="min-w-0 truncate text-left font-[620] text-[15px] after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {node.name}
        </button>
        <RoleMark role={roleOf(node)} />
        <span className="ml-auto">{canWork && <NodeMenu node={node} />}</span>
      </div>
      <div className="mt-0.5 flex items-center justify-between gap-2 pl-4 text-[12.5px] text-ink-3">
        <CopyText text={node.ip} label={text.copyIp(node.name, node.ip)} className="relative min-h-6 font-mono" />
        <span className={ALARMS.has(health) ? 'font-[600] text-danger' : ''}>{label}</span>
      </div>
      <Usage node={node} />
      <Trouble node={node} health={health} />
    </li>
  );
}
