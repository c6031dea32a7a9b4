/** One open port: a link, and a menu for who may open it. */
'use client';

import type { PublishedPort } from '@drydock/protocol';
import { AppWindow, ChevronDown, Clock, Copy, ExternalLink, Globe, House, Lock, QrCode, Terminal } from 'lucide-react';
import { strings } from '../../strings.ts';
import { forwardCommand } from '../../workbench/session/remote-commands.ts';
import { useCanWork, useIsOwner, useWorkbench } from '../../workbench/use-workbench.tsx';
import { useCopy } from '../nodes/use-copy.ts';
import { cn } from '../ui/cn.ts';
import { Menu, MenuItem, MenuNote, MenuRule } from '../ui/menu.tsx';
import { useShowPreview } from '../workspace/use-show-panel.ts';

const text = strings.ports;

function PortMenu({ node, port }: { node: string; port: PublishedPort }) {
  const { actions, dialog, sessionId } = useWorkbench();
  const copy = useCopy();
  const isOwner = useIsOwner();
  const canWork = useCanWork();
  const showPreview = useShowPreview();
  const isPublic = port.visibility === 'public';
  const isRewritten = port.host === 'rewrite';
  const next = isPublic ? 'private' : 'public';
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={text.actions(port.port)}
          title={text.actions(port.port)}
          className="flex h-full w-6 items-center justify-center rounded-r-full hover:bg-ink/8 coarse:w-9"
        >
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      }
    >
      <MenuItem icon={<AppWindow size={15} />} onSelect={() => showPreview(node, port.port)}>
        {text.previewHere}
      </MenuItem>
      <MenuItem icon={<ExternalLink size={15} />} onSelect={() => void window.open(port.url, '_blank', 'noopener')}>
        {text.newTab}
      </MenuItem>
      <MenuRule />
      <MenuItem icon={<Copy size={15} />} onSelect={() => void copy(port.url)}>
        {text.copyLink}
      </MenuItem>
      <MenuItem
        icon={<QrCode size={15} />}
        onSelect={() => dialog.set({ kind: 'qr', node, port: port.port, url: port.url, visibility: port.visibility })}
      >
        {text.qr}
      </MenuItem>
      {canWork && (
        <MenuItem
          icon={<Terminal size={15} />}
          onSelect={() => void copy(forwardCommand(sessionId, node, port.port), text.forwardCopied)}
        >
          {text.forward}
        </MenuItem>
      )}
      {isOwner && (
        <>
          <MenuItem
            icon={<Clock size={15} />}
            onSelect={() => dialog.set({ kind: 'share-port', node, port: port.port })}
          >
            {text.shareMenu}
          </MenuItem>
          <MenuRule />
          <MenuItem
            icon={isPublic ? <Lock size={15} /> : <Globe size={15} />}
            onSelect={() => void actions.setPortVisibility(node, port, next)}
          >
            {isPublic ? text.makePrivate : text.makePublic}
          </MenuItem>
          <MenuItem
            icon={<House size={15} />}
            onSelect={() => void actions.setPortHost(node, port.port, isRewritten ? 'keep' : 'rewrite')}
          >
            {isRewritten ? text.hostKeep : text.hostRewrite}
          </MenuItem>
        </>
      )}
      <MenuNote>
        {port.title !== undefined && (
          <>
            <span className="text-ink-2">{port.title}</span>
            <br />
          </>
        )}
        {isPublic ? text.public : text.private}
        {port.loopback && (
          <>
            <br />
            {text.loopback}
          </>
        )}
      </MenuNote>
    </Menu>
  );
}

export function PortChip({ node, port }: { node: string; port: PublishedPort }) {
  const label = port.label ?? text.sources[port.source];
  const Icon = port.visibility === 'public' ? Globe : Lock;
  const shape = 'flex h-6 shrink-0 items-center rounded-full border text-[13px] coarse:h-9';
  if (port.protocol === 'udp') {
    return (
      <li className={cn(shape, 'border-line px-3 font-mono text-ink-3')} title={text.udp(port.port)}>
        {port.port}/udp
      </li>
    );
  }
  return (
    <li className={cn(shape, 'border-edge/60 bg-surface')}>
      <a
        href={port.url}
        target="_blank"
        rel="noopener"
        aria-label={text.openLabelled(port.port, label)}
        title={port.title ?? text.open(port.port, node)}
        className="flex h-full items-center gap-1.5 rounded-l-full pr-1 pl-2.5 hover:bg-ink/8 hover:text-accent"
      >
        <Icon size={12} className="text-ink-3" aria-hidden="true" />
        <span className="font-[600] font-mono">{port.port}</span>
        <span className="max-w-32 truncate text-ink-2">{label}</span>
      </a>
      <PortMenu node={node} port={port} />
    </li>
  );
}
