/** One node: how it is, where it is, what it uses; a press shows its terminal. */
'use client';

import type { NodeView } from '@drydock/protocol';
import { EllipsisVertical, SquareTerminal, Star, Trash2, UserRound } from 'lucide-react';
import { formatBytes, formatShare } from '../../lab/format.ts';
import { useCanWork, useLab, useValue } from '../../lab/use-lab.tsx';
import { tabsOf } from '../../lab/workspace.ts';
import { strings } from '../../strings.ts';
import { IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { CopyText } from '../ui/copy-button.tsx';
import { Menu, MenuItem, MenuRule } from '../ui/menu.tsx';
import { Meter } from '../ui/meter.tsx';

const text = strings.nodes;

type Role = keyof typeof strings.nodes.roles;

function roleOf({ swarm }: NodeView): Role {
  return swarm.leader ? 'leader' : swarm.role;
}

/** State and docker's health in one dot and one word. */
function health(node: NodeView): { tone: string; label: string } {
  if (node.reachable === false) return { tone: 'bg-warn', label: text.unreachable };
  if (node.state !== 'running') return { tone: 'bg-warn motion-safe:animate-pulse', label: text.states[node.state] };
  if (node.dockerReady) return { tone: 'bg-ok', label: text.docker.ready };
  return { tone: 'bg-warn motion-safe:animate-pulse', label: text.docker.starting };
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

function NodeMenu({ node }: { node: NodeView }) {
  const { actions, dialog } = useLab();
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
  const { actions, workspace } = useLab();
  const canWork = useCanWork();
  const { activeId, model } = useValue(workspace);
  const active = tabsOf(model).find(({ id }) => id === activeId)?.data;
  const isActive = active !== undefined && 'node' in active && active.node === node.name;
  const { tone, label } = health(node);
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
        <span>{label}</span>
      </div>
      <Usage node={node} />
    </li>
  );
}
