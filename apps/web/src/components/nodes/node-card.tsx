/** One node: how it is, where it is, what it uses; a press shows its terminal. */
'use client';

import type { NodeView } from '@drydock/protocol';
import {
  EllipsisVertical,
  FolderArchive,
  Gauge,
  Laptop,
  Plug,
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
    <span role="img" aria-label={text.roles[role]} title={text.roles[role]} className="shrink-0 text-ink-2">
      <Icon size={13} fill={role === 'worker' ? 'none' : 'currentColor'} aria-hidden="true" />
    </span>
  );
}

/** Three bars, one above the other; each says its value in words. */
function Usage({ node }: { node: NodeView }) {
  if (node.usage === null) return null;
  const { limits, usage } = node;
  const memory = formatBytes(usage.memoryBytes);
  const disk = formatBytes(usage.diskBytes);
  return (
    <span className="relative flex w-9 shrink-0 flex-col">
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
    </span>
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
        <IconButton label={text.menu(node.name)} className="-mr-1.5 relative size-7">
          <EllipsisVertical size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem icon={<SquareTerminal size={16} />} onSelect={() => void actions.openTerminal(node.name)}>
        {strings.terminals.new}
      </MenuItem>
      <MenuItem icon={<Plug size={15} />} onSelect={() => dialog.set({ kind: 'open-port', node: node.name })}>
        {strings.ports.byNumber}
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

/** The card of the node that is worked on is in sight, also among many. */
function useInSight(isActive: boolean) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isActive) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return card;
}

export function NodeCard({ node, onOpen }: { node: NodeView; onOpen?: (() => void) | undefined }) {
  const { actions, workspace } = useWorkbench();
  const canWork = useCanWork();
  const isActive = useValue(workspace).node === node.name;
  const card = useInSight(isActive);
  const health = useHealth(node);
  const { tone, label } = LOOKS[health];
  return (
    <li
      ref={card}
      className={cn(
        'relative mb-0.5 rounded-lg border px-2.5 py-1 transition-colors',
        isActive ? 'border-line bg-surface shadow-[inset_3px_0_0_var(--crane)]' : 'border-transparent hover:bg-ink/5',
      )}
    >
      <div className="flex min-h-8 items-center gap-1.5">
        <span className={cn('size-2 shrink-0 rounded-full', tone)} title={label} aria-hidden="true" />
        <button
          type="button"
          aria-label={text.open(node.name)}
          title={node.name}
          aria-current={isActive ? 'true' : undefined}
          onClick={() => {
            actions.showNode(node.name);
            onOpen?.();
          }}
          className="min-h-6 min-w-0 truncate text-left font-[620] text-[14.5px] after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {node.name}
        </button>
        <RoleMark role={roleOf(node)} />
        <CopyText
          text={node.ip}
          label={text.copyIp(node.name, node.ip)}
          className="relative ml-auto min-h-6 shrink-0 font-mono text-[11.5px] text-ink-3"
        />
        <Usage node={node} />
        {canWork && <NodeMenu node={node} />}
      </div>
      <p
        className={cn(
          'pl-3.5 text-[12.5px]',
          health === 'ready' ? 'sr-only' : ALARMS.has(health) ? 'font-[600] text-danger' : 'text-ink-3',
        )}
      >
        {label}
      </p>
      <Trouble node={node} health={health} />
    </li>
  );
}
